import type { components } from '~/api/schema';
import { money, moneyShort, month, percent } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Chart } from '~/ui/chart';
import { Empty } from '~/ui/states';
import { flows } from '../figures';

type MonthlyFlow = components['schemas']['MonthlyFlow'];

type MonthsProps = { months: MonthlyFlow[] | null; currency: string; today: string };

/** What fell due against what came in, month by month. */
export function Months({ months, currency, today }: MonthsProps) {
  if (!months)
    return (
      <Card title={m.overview_months()}>
        <Empty title={m.overview_months_house()}>{m.overview_months_house_about()}</Empty>
      </Card>
    );
  const { own, due, received, share } = flows(months, currency, today);
  return (
    <Card title={m.overview_months()}>
      {share === null ? (
        <Empty title={m.overview_months_none()}>{m.overview_months_none_about()}</Empty>
      ) : (
        <Chart
          label={m.overview_months()}
          conclusion={m.overview_months_said({
            received: money(received, currency),
            due: money(due, currency),
            share: percent(share),
          })}
          axis={m.overview_month()}
          series={[
            { id: 'due', label: m.overview_due() },
            { id: 'received', label: m.overview_received() },
          ]}
          points={own.map((each) => ({
            at: each.month,
            label: each.running ? m.overview_month_running({ month: month(each.month) }) : month(each.month),
            values: { due: each.due, received: each.received },
          }))}
          show={(amount) => money(amount, currency)}
          short={(amount) => moneyShort(amount, currency)}
        />
      )}
    </Card>
  );
}
