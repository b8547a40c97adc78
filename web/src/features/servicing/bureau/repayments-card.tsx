import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useMay } from '~/app/me';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Answer, Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { methodWord } from '../words';
import { Reverse } from './reverse-repayment';
import s from './servicing.module.css';

type Repayment = components['schemas']['RepaymentLine'];
type CardProps = { loan: string; account: components['schemas']['LoanBalance'] };

/** The same for a loan whose account has not been read. */
export function Repayments({ loan }: { loan: string }) {
  const account = api.useQuery('get', '/api/v1/loans/{loan_id}/account', { params: { path: { loan_id: loan } } });
  return <Answer of={account}>{(found) => <RepaymentsCard loan={loan} account={found} />}</Answer>;
}

/** The repayments of a loan and what each has paid; one that was recorded by mistake can be taken back here. */
export function RepaymentsCard({ loan, account }: CardProps) {
  const [wrong, setWrong] = useState<Repayment | null>(null);
  const may = useMay('repayment.reverse');
  const repayments = api.useQuery('get', '/api/v1/loans/{loan_id}/repayments', {
    params: { path: { loan_id: loan } },
  });
  return (
    <Card title={m.servicing_repayments()} flush>
      <Answer of={repayments}>
        {(rows) => (
          <Listing
            label={m.servicing_repayments()}
            rows={[...rows].reverse()}
            columns={columns(rows, may ? setWrong : undefined)}
            rowKey={(row) => row.repayment_id}
            empty={<Empty title={m.servicing_none()}>{m.servicing_none_about()}</Empty>}
          />
        )}
      </Answer>
      {wrong && <Reverse loan={loan} repayment={wrong} account={account} onClose={() => setWrong(null)} />}
    </Card>
  );
}

/** Fees, insurance and penalties: most loans have none. */
const charges = (): Column<Repayment> => ({
  id: 'charges',
  header: m.servicing_charges(),
  cell: (row) => <Money amount={row.charges} currency={row.currency} />,
  end: true,
  wide: true,
});

const columns = (rows: Repayment[], reverse?: (row: Repayment) => void): Column<Repayment>[] => [
  { id: 'on', header: m.servicing_received_on(), cell: (row) => date(row.value_date) },
  { id: 'method', header: m.servicing_method(), cell: (row) => methodWord(row.method), wide: true },
  { id: 'reference', header: m.field_reference(), cell: (row) => row.reference, wide: true },
  {
    id: 'interest',
    header: m.servicing_interest(),
    cell: (row) => <Money amount={row.interest} currency={row.currency} />,
    end: true,
    wide: true,
  },
  {
    id: 'principal',
    header: m.field_principal(),
    cell: (row) => <Money amount={row.principal} currency={row.currency} />,
    end: true,
    wide: true,
  },
  ...(rows.some((row) => row.charges) ? [charges()] : []),
  {
    id: 'advance',
    header: m.servicing_advance(),
    cell: (row) => <Money amount={row.advance} currency={row.currency} />,
    end: true,
    wide: true,
  },
  {
    id: 'amount',
    header: m.servicing_amount(),
    cell: (row) => <span className={row.reversed ? s.undone : undefined}>{money(row.amount, row.currency)}</span>,
    end: true,
  },
  {
    id: 'do',
    header: m.field_status(),
    cell: (row) => {
      if (row.reversed)
        return (
          <span title={row.reversed_because ?? undefined}>
            <Status tone="dash">{m.servicing_reversed()}</Status>
          </span>
        );
      if (!reverse) return <Status tone="solid">{m.servicing_recorded()}</Status>;
      return (
        <Button variant="default" size="xs" onClick={() => reverse(row)}>
          {m.servicing_reverse_short()}
        </Button>
      );
    },
  },
];
