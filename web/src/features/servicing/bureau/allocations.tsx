import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, integer, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Answer, Empty } from '~/ui/states';
import s from './servicing.module.css';

type Allocation = components['schemas']['RepaymentAllocation'];
type Part = Allocation['parts'][number];

const WHAT: Record<Part['what'], () => string> = {
  penalty: m.allocation_penalty,
  fee: m.allocation_fee,
  insurance: m.allocation_insurance,
  interest: m.allocation_interest,
  principal: m.allocation_principal,
  refund: m.allocation_refund,
  claim: m.allocation_claim,
  recovery: m.allocation_recovery,
};

/** What each repayment pays as far as is known today: money learnt late changes the others. */
export function Allocations({ loan }: { loan: string }) {
  const found = api.useQuery('get', '/api/v1/loans/{loan_id}/allocations', { params: { path: { loan_id: loan } } });
  return (
    <Card title={m.allocations()} flush>
      <Answer of={found}>
        {(rows) => (
          <Listing
            label={m.allocations()}
            rows={[...rows].sort((one, other) => other.value_date.localeCompare(one.value_date))}
            columns={columns()}
            rowKey={(row) => row.repayment_id}
            empty={<Empty title={m.servicing_none()}>{m.servicing_none_about()}</Empty>}
          />
        )}
      </Answer>
    </Card>
  );
}

const columns = (): Column<Allocation>[] => [
  { id: 'on', header: m.servicing_received_on(), cell: (row) => date(row.value_date) },
  { id: 'pays', header: m.servicing_pays(), cell: (row) => <Pays row={row} /> },
  {
    id: 'waiting',
    header: m.servicing_advance(),
    cell: (row) => <Money amount={row.waiting} currency={row.currency} />,
    end: true,
    wide: true,
  },
  {
    id: 'amount',
    header: m.servicing_amount(),
    cell: (row) => <Money amount={row.amount} currency={row.currency} />,
    end: true,
  },
];

const Pays = ({ row }: { row: Allocation }) => (
  <div className={s.parts}>
    {row.parts.map((part) => (
      <div key={`${part.number} ${part.what} ${part.on}`}>
        {part.number > 0
          ? m.allocation_part({ number: integer(part.number), what: WHAT[part.what]() })
          : WHAT[part.what]()}{' '}
        {money(part.amount, row.currency)}
      </div>
    ))}
  </div>
);
