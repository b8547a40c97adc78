import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Rows } from '~/ui/rows';
import type { Loan } from './loan-line';

type Drawdown = components['schemas']['DrawdownLine'];

/** A loan that is paid in several times: what has come, what is to come, in plain words. */
export const Drawdowns = ({ loan }: { loan: Loan }) =>
  loan.drawdowns.length > 0 && (
    <Card title={m.my_drawdowns()} flush>
      <Rows rows={loan.drawdowns.map((each) => [money(each.amount, loan.currency), said(each)] as const)} />
    </Card>
  );

const said = ({ state, paid_on, planned_on }: Drawdown) => {
  if (paid_on) return m.my_drawdown_paid({ day: date(paid_on) });
  return state === 'cancelled' ? m.my_drawdown_cancelled() : m.my_drawdown_planned({ day: date(planned_on) });
};
