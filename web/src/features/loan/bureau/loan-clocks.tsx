import type { components } from '~/api/schema';
import { counted } from '~/lib/count';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Line, Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { type Clock, useClocks } from '../clocks';

type Loan = components['schemas']['LoanEntry'];

/** The times that the law gives: to which day, by which text, and how many days are left. */
export function LoanClocks({ loan }: { loan: Loan }) {
  const clocks = useClocks(loan);
  return (
    <Card title={m.clocks()} flush>
      <Answer of={clocks} rows={3}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={m.clocks_none()}>{loan.disbursed_on ? m.clocks_none_law() : m.clocks_none_about()}</Empty>
          ) : (
            <Lines label={m.clocks()}>
              {found.map((clock) => (
                <Line
                  key={clock.number}
                  title={m.clock_until({ name: NAMES[clock.name](), day: date(clock.ends_on) })}
                  hint={clock.source ?? m.clock_of_the_house()}
                  tall
                >
                  <Left clock={clock} />
                </Line>
              ))}
            </Lines>
          )
        }
      </Answer>
    </Card>
  );
}

const NAMES: Record<Clock['name'], () => string> = {
  'counter-offer': m.clock_counter_offer,
  offer: m.clock_offer,
  'no-payment': m.clock_no_payment,
  'step-back': m.clock_step_back,
  'capital-back': m.clock_capital_back,
};
const ENDINGS: Record<NonNullable<Clock['ended_because']>, () => string> = {
  time: m.clock_ended_time,
  signed: m.clock_ended_signed,
  'stepped-back': m.clock_ended_stepped_back,
  replaced: m.clock_ended_replaced,
  answered: m.clock_ended_answered,
  returned: m.clock_ended_returned,
};

const Left = ({ clock }: { clock: Clock }) =>
  clock.ended_because ? (
    <Status tone="solid">{ENDINGS[clock.ended_because]()}</Status>
  ) : (
    <Status tone="accent">{counted(clock.days_left, m.clock_day_left, m.clock_days_left)}</Status>
  );
