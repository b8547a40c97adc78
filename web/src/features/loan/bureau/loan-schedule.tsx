import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Answer } from '~/ui/states';
import { Status } from '~/ui/status';
import { plannedParts, useInParts, useSimulation } from './cost-of';

type Loan = components['schemas']['LoanEntry'];
type Line = components['schemas']['ScheduleEntry'];
type Planned = components['schemas']['SimulatedInstalment'];

/** What is paid when: as it was agreed once the money has left, as it would be before. */
export const LoanSchedule = ({ loan }: { loan: Loan }) =>
  loan.disbursed_on ? (
    <Agreed loan={loan} />
  ) : loan.drawdowns.length > 0 ? (
    <ForeseenInParts loan={loan} />
  ) : (
    <Foreseen loan={loan} />
  );

function Agreed({ loan }: { loan: Loan }) {
  const schedule = api.useQuery('get', '/api/v1/loans/{loan_id}/schedule', {
    params: { path: { loan_id: loan.loan_id } },
  });
  return (
    <Answer of={schedule} rows={6}>
      {(lines) => (
        <Card
          title={m.loan_schedule()}
          aside={
            <span className="mute">
              {m.schedule_paid({
                count: integer(lines.filter((each) => each.state === 'paid').length),
                all: integer(lines.length),
              })}
            </span>
          }
          flush
        >
          <Listing
            label={m.loan_schedule()}
            rows={lines}
            columns={agreed(lines)}
            rowKey={(each) => String(each.number)}
          />
        </Card>
      )}
    </Answer>
  );
}

function Foreseen({ loan }: { loan: Loan }) {
  const plan = useSimulation(loan, loan.rate, loan.planned_payout_on);
  return (
    <Answer of={plan} rows={6}>
      {({ schedule, currency, start }) => <Plan schedule={schedule} currency={currency} start={start} />}
    </Answer>
  );
}

/** With every drawdown on its planned day; each that leaves on another makes a version of its own. */
function ForeseenInParts({ loan }: { loan: Loan }) {
  const plan = useInParts(loan, loan.rate, plannedParts(loan));
  return (
    <Answer of={plan} rows={6}>
      {({ schedule, currency, payout_on }) => <Plan schedule={schedule} currency={currency} start={payout_on} />}
    </Answer>
  );
}

const Plan = ({ schedule, currency, start }: { schedule: Planned[]; currency: string; start: string }) => (
  <Card
    title={m.schedule_foreseen()}
    aside={<span className="mute">{m.schedule_foreseen_about({ day: date(start) })}</span>}
    flush
  >
    <Listing
      label={m.schedule_foreseen()}
      rows={schedule}
      columns={planned(schedule, currency)}
      rowKey={(each) => String(each.number)}
    />
  </Card>
);

type Parts = { interest: number; principal: number; fee: number; insurance: number };

/** What an instalment is made of; fees and insurance only where there are any. */
const amounts = <Row extends Parts>(
  rows: Row[],
  total: (row: Row) => number,
  currency: (row: Row) => string,
): Column<Row>[] => [
  {
    id: 'total',
    header: m.field_total(),
    cell: (each) => <Money amount={total(each)} currency={currency(each)} />,
    end: true,
  },
  {
    id: 'principal',
    header: m.field_principal(),
    cell: (each) => <Money amount={each.principal} currency={currency(each)} />,
    end: true,
    wide: true,
  },
  {
    id: 'interest',
    header: m.field_interest(),
    cell: (each) => <Money amount={each.interest} currency={currency(each)} />,
    end: true,
    wide: true,
  },
  ...(['fee', 'insurance'] as const)
    .filter((what) => rows.some((row) => row[what]))
    .map((what) => ({
      id: what,
      header: what === 'fee' ? m.field_fee() : m.field_insurance(),
      cell: (each: Row) => <Money amount={each[what]} currency={currency(each)} />,
      end: true,
      wide: true,
    })),
];

const planned = (rows: Planned[], currency: string): Column<Planned>[] => [
  { id: 'number', header: m.field_nth(), cell: (each) => each.number },
  { id: 'due', header: m.field_due_on(), cell: (each) => date(each.due_on) },
  ...amounts<Planned>(
    rows,
    (each) => each.total,
    () => currency,
  ),
  {
    id: 'owed',
    header: m.field_owed_after(),
    cell: (each) => <Money amount={each.remaining} currency={currency} />,
    end: true,
  },
];

const agreed = (rows: Line[]): Column<Line>[] => [
  { id: 'number', header: m.field_nth(), cell: (each) => each.number },
  { id: 'due', header: m.field_due_on(), cell: (each) => date(each.due_on) },
  ...amounts<Line>(
    rows,
    (each) => each.amount,
    (each) => each.currency,
  ),
  {
    id: 'paid',
    header: m.field_received(),
    cell: (each) => <Money amount={each.paid} currency={each.currency} />,
    end: true,
    wide: true,
  },
  { id: 'state', header: m.field_status(), cell: (each) => <State of={each} /> },
];

const State = ({ of }: { of: Line }) => {
  if (of.state === 'late')
    return <Status tone="bad">{m.instalment_late_days({ days: integer(of.days_past_due) })}</Status>;
  if (of.state === 'paid') return <Status tone="solid">{m.instalment_paid()}</Status>;
  if (of.state === 'nothing') return <Status tone="dash">{m.instalment_nothing()}</Status>;
  if (of.state === 'due') return <Status tone="accent">{m.instalment_due()}</Status>;
  return <Status tone="dash">{m.instalment_upcoming()}</Status>;
};
