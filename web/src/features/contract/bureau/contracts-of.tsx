import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { components } from '~/api/schema';
import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { DataTable } from '~/ui/data-table';
import { Empty } from '~/ui/states';
import { contractColumns } from './contract-columns';

type Line = components['schemas']['ContractEntry'];

/** Without whose they are; so the reference leads. */
const ofOne = () =>
  contractColumns().flatMap((each) =>
    each.id === 'customer' ? [] : each.id === 'reference' ? { ...each, phone: 'name' as const } : each,
  );

/** The contracts of one customer. */
export function ContractsOf({ customerId }: { customerId: string }) {
  const navigate = useNavigate();
  const { locale } = useLocale();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words of the columns are the language's
  const columns = useMemo(ofOne, [locale]);
  const open = useCallback(
    (line: Line) => void navigate({ to: '/contracts/$contractId', params: { contractId: line.contract_id } }),
    [navigate],
  );
  return (
    <Card flush>
      <DataTable<Line>
        label={m.contract_desk()}
        path="/api/v1/contracts"
        params={{ customer_id: customerId }}
        columns={columns}
        rowKey={(line) => line.contract_id}
        onOpen={open}
        empty={<Empty title={m.contract_desk_empty()}>{m.contract_desk_empty_about()}</Empty>}
      />
    </Card>
  );
}
