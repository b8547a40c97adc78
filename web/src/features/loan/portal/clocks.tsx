import type { ReactNode } from 'react';
import { counted } from '~/lib/count';
import { longDate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Line, Lines } from '~/ui/lines';
import { type Clock, overOn, running, useClocks } from '../clocks';
import type { Loan } from './loan-line';
import { StepBackButton } from './step-back';
import s from './way.module.css';

/** The time that whoever borrows has by law, in plain words; nothing when none runs. */
export function Clocks({ loan }: { loan: Loan }) {
  const { data } = useClocks(loan);
  const offer = running(data, 'offer');
  const lock = running(data, 'no-payment');
  const back = running(data, 'step-back');
  const capital = running(data, 'capital-back');
  if (!offer && !lock && !back && !capital) return null;
  return (
    <Card title={m.my_clocks()} flush>
      <Lines label={m.my_clocks()}>
        {offer && <Time clock={offer} title={m.my_clock_offer({ day: longDate(offer.ends_on) })} />}
        {lock && <Time clock={lock} title={m.my_clock_no_payment({ day: longDate(overOn(lock)) })} />}
        {back && <Time clock={back} title={m.my_clock_step_back({ day: longDate(back.ends_on) })} />}
        {capital && <Time clock={capital} title={m.my_clock_capital_back({ day: longDate(capital.ends_on) })} />}
      </Lines>
      {back && ['ready', 'disbursed'].includes(loan.status) && (
        <div className={s.foot}>
          <StepBackButton loan={loan} />
        </div>
      )}
    </Card>
  );
}

const Time = ({ clock, title }: { clock: Clock; title: ReactNode }) => (
  <Line title={title} hint={clock.source ?? undefined} tall>
    <span className="num">{counted(clock.days_left, m.my_clock_day_left, m.my_clock_days_left)}</span>
  </Line>
);
