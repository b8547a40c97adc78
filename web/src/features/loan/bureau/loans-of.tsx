import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { components } from '~/api/schema';
import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { DataTable } from '~/ui/data-table';
import { Empty } from '~/ui/states';
import { loanColumns } from './loan-columns';

type Line = components['schemas']['LoanEntry'];

/** Without whose they are; so the reference leads, on a phone too. */
const ofOne = () =>
  loanColumns().flatMap((each) =>
    each.id === 'customer' ? [] : each.id === 'reference' ? { ...each, wide: false, phone: 'name' as const } : each,
  );

/** The loans of one customer. */
export function LoansOf({ customerId }: { customerId: string }) {
  const navigate = useNavigate();
  const { locale } = useLocale();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words of the columns are the language's
  const columns = useMemo(ofOne, [locale]);
  const open = useCallback(
    (line: Line) => void navigate({ to: '/loans/$loanId', params: { loanId: line.loan_id } }),
    [navigate],
  );
  return (
    <Card flush>
      <DataTable<Line>
        label={m.loan_book()}
        path="/api/v1/loans"
        params={{ customer_id: customerId }}
        columns={columns}
        rowKey={(line) => line.loan_id}
        onOpen={open}
        empty={<Empty title={m.loan_book_empty()}>{m.loans_of_none()}</Empty>}
      />
    </Card>
  );
}
