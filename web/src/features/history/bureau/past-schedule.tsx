import { date, integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Status } from '~/ui/status';
import type { Instalment } from '../facts';

const total = (each: Instalment) => each.interest + each.principal + each.charges;
const isPaid = (each: Instalment) => each.paid >= total(each) && total(each) > 0;

/** The schedule as it stood at a version: planned before the payout, dated and paid after it. */
export function PastSchedule({ instalments }: { instalments: Instalment[] }) {
  const paid = instalments.filter(isPaid).length;
  return (
    <Card
      title={m.loan_schedule()}
      aside={
        <span className="mute">{m.schedule_paid({ count: integer(paid), all: integer(instalments.length) })}</span>
      }
      flush
    >
      <Listing
        label={m.loan_schedule()}
        rows={instalments}
        columns={columns()}
        rowKey={(each) => String(each.number)}
      />
    </Card>
  );
}

const columns = (): Column<Instalment>[] => [
  { id: 'number', header: m.field_nth(), cell: (each) => each.number },
  { id: 'due', header: m.field_due_on(), cell: (each) => (each.dueOn ? date(each.dueOn) : '—') },
  {
    id: 'total',
    header: m.field_total(),
    cell: (each) => <Money amount={total(each)} currency={each.currency} />,
    end: true,
  },
  {
    id: 'principal',
    header: m.field_principal(),
    cell: (each) => <Money amount={each.principal} currency={each.currency} />,
    end: true,
    wide: true,
  },
  {
    id: 'interest',
    header: m.field_interest(),
    cell: (each) => <Money amount={each.interest} currency={each.currency} />,
    end: true,
    wide: true,
  },
  {
    id: 'owed',
    header: m.field_owed_after(),
    cell: (each) => <Money amount={each.owed} currency={each.currency} />,
    end: true,
    wide: true,
  },
  { id: 'state', header: m.field_status(), cell: (each) => <State of={each} /> },
];

const State = ({ of }: { of: Instalment }) =>
  total(of) === 0 ? (
    <Status tone="dash">{m.instalment_nothing()}</Status>
  ) : isPaid(of) ? (
    <Status tone="solid">{m.instalment_paid()}</Status>
  ) : of.paid > 0 ? (
    <Status tone="half">{m.instalment_partly()}</Status>
  ) : of.fallenDue ? (
    <Status tone="accent">{m.instalment_due()}</Status>
  ) : (
    <Status tone="dash">{m.instalment_upcoming()}</Status>
  );
