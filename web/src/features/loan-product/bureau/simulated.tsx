import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { client } from '~/api/client';
import type { components } from '~/api/schema';
import { date, integer, money, moneyShort, percent, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Chart } from '~/ui/chart';
import type { Column } from '~/ui/data-table';
import { Kpi, Kpis } from '~/ui/kpi';
import { lawWord } from '~/ui/law';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Answer } from '~/ui/states';
import { Status } from '~/ui/status';
import s from './loan-product.module.css';

export type Asked = components['schemas']['LoanToSimulate'];
type Simulation = components['schemas']['LoanSimulation'];
type Line = components['schemas']['SimulatedLine'];

const BARS = 24;

/** What is asked to be simulated, as the API answers it; nothing is asked while something is missing. */
const useSimulated = (asked: Asked) =>
  useQuery({
    queryKey: ['post', '/api/v1/loan-simulations', asked],
    queryFn: async ({ signal }) => {
      const { data, error } = await client.POST('/api/v1/loan-simulations', { body: asked, signal });
      if (error) throw error;
      return data;
    },
    placeholderData: keepPreviousData,
    retry: false,
  });

/** A loan as its contract would have it: its cost, its ceiling, a chart, the schedule. */
export function Simulated({ asked, brief }: { asked: Asked; brief?: boolean }) {
  const answer = useSimulated(asked);
  return (
    <Answer of={answer} rows={4}>
      {(said) => (
        <>
          <Cost said={said} />
          {!brief && <Parts said={said} />}
          <Card title={m.simulator_schedule()} flush>
            <Listing
              label={m.simulator_schedule()}
              rows={brief ? ends(said.schedule) : said.schedule}
              columns={columns(said)}
              rowKey={(line) => String(line.number)}
            />
          </Card>
          {!brief && <Years said={said} />}
        </>
      )}
    </Answer>
  );
}

/** The first lines and the last: enough to see what terms do. */
const ends = (lines: Line[]) => (lines.length <= 6 ? lines : [...lines.slice(0, 4), ...lines.slice(-2)]);

const Cost = ({ said }: { said: Simulation }) => (
  <>
    <Kpis>
      <Kpi
        label={m.simulator_instalment()}
        value={money(said.schedule[0]?.total ?? 0, said.currency)}
        hint={m.simulator_periods_count({ count: integer(said.periods) })}
      />
      <Kpi
        label={m.simulator_cost()}
        value={money(said.cost, said.currency)}
        hint={m.loan_cost_total({ total: money(said.total, said.currency) })}
      />
      <Kpi
        label={m.loan_apr()}
        value={said.apr === null || said.apr === undefined ? '—' : percent(said.apr / 10_000, 2)}
        hint={said.no_apr ? m.simulator_no_apr() : undefined}
      />
      {said.kept > 0 && (
        <Kpi
          label={m.simulator_received()}
          value={money(said.received, said.currency)}
          hint={m.simulator_kept({ amount: money(said.kept, said.currency) })}
        />
      )}
      {said.borne > 0 && <Kpi label={m.simulator_borne()} value={money(said.borne, said.currency)} />}
    </Kpis>
    <CeilingLine said={said} />
  </>
);

/** Whether the law allows it, with what it says and where. */
function CeilingLine({ said: { ceiling } }: { said: Simulation }) {
  if (ceiling.answer === 'no-ceiling')
    return (
      <p className={s.ceiling}>
        {ceiling.law === 'unspecified'
          ? m.simulator_no_law()
          : m.simulator_no_ceiling({ law: lawWord(ceiling.law), source: ceiling.law_source })}
      </p>
    );
  const tone = ceiling.answer === 'kept' ? 'solid' : 'bad';
  const words = {
    kept: m.simulator_ceiling_kept,
    above: m.simulator_ceiling_above,
    'not-entered': m.simulator_ceiling_not_entered,
    'no-rate': m.simulator_ceiling_no_rate,
  }[ceiling.answer];
  return (
    <p className={s.ceiling}>
      <Status tone={tone}>{words()}</Status>{' '}
      {ceiling.ceiling
        ? m.simulator_ceiling_of({
            rate: rate(ceiling.ceiling.rate),
            law: lawWord(ceiling.law),
            source: ceiling.ceiling.source,
          })
        : m.simulator_ceiling_none({ law: lawWord(ceiling.law), day: date(ceiling.on) })}
    </p>
  );
}

/** Interest and principal of each instalment; of each year where there are too many to tell apart. */
function Parts({ said }: { said: Simulation }) {
  const many = said.schedule.length > BARS;
  const points = many
    ? said.years.map((year) => ({ at: String(year.year), label: String(year.year), values: partsOf(year) }))
    : said.schedule.map((line) => ({ at: String(line.number), label: String(line.number), values: partsOf(line) }));
  return (
    <Card title={m.simulator_chart()}>
      <Chart
        label={m.simulator_chart()}
        conclusion={m.simulator_chart_said({
          total: money(said.total, said.currency),
          interest: money(said.interest, said.currency),
          share: percent(said.total ? said.interest / said.total : 0),
        })}
        axis={many ? m.simulator_year() : m.field_nth()}
        series={[
          { id: 'principal', label: m.field_principal() },
          { id: 'interest', label: m.field_interest() },
        ]}
        points={points}
        show={(amount) => money(amount, said.currency)}
        short={(amount) => moneyShort(amount, said.currency)}
      />
    </Card>
  );
}

const partsOf = ({ principal, interest }: { principal: number; interest: number }) => ({ principal, interest });

type Amounts = { interest: number; principal: number; fee: number; insurance: number; total: number };

const amounts = <Row extends Amounts>(said: Simulation): Column<Row>[] => {
  const cell = (part: keyof Amounts) => (row: Row) => <Money amount={row[part]} currency={said.currency} />;
  const charged = said.schedule.some((line) => line.fee > 0);
  return [
    { id: 'total', header: m.field_total(), cell: cell('total'), end: true },
    { id: 'principal', header: m.field_principal(), cell: cell('principal'), end: true, wide: true },
    { id: 'interest', header: m.field_interest(), cell: cell('interest'), end: true, wide: true },
    ...(charged ? [{ id: 'fee', header: m.simulator_fee(), cell: cell('fee'), end: true, wide: true }] : []),
    ...(said.insurance
      ? [{ id: 'insurance', header: m.simulator_insurance(), cell: cell('insurance'), end: true, wide: true }]
      : []),
  ];
};

const columns = (said: Simulation): Column<Line>[] => [
  { id: 'number', header: m.field_nth(), cell: (line) => integer(line.number) },
  { id: 'due', header: m.field_due_on(), cell: (line) => date(line.due_on) },
  ...amounts<Line>(said),
  {
    id: 'remaining',
    header: m.field_owed_after(),
    cell: (line) => <Money amount={line.remaining} currency={said.currency} />,
    end: true,
  },
];

const Years = ({ said }: { said: Simulation }) => (
  <Card title={m.simulator_years()} flush>
    <Listing
      label={m.simulator_years()}
      rows={said.years}
      columns={[
        { id: 'year', header: m.simulator_year(), cell: (year) => String(year.year) },
        ...amounts<(typeof said.years)[number]>(said),
      ]}
      rowKey={(year) => String(year.year)}
    />
  </Card>
);
