import { Button } from '@mantine/core';
import { useState } from 'react';
import { AcceptCounterOffer, DeclineCounterOffer } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { counted } from '~/lib/count';
import { longDate, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Confirm } from '~/ui/dialog';
import { SideBySide } from '../side-by-side';
import { useSeenLoan } from '../use-seen-loan';
import s from './information.module.css';
import type { Loan } from './loan-line';

type Offer = components['schemas']['CounterOfferLine'];

/** Something else than what was asked for: both side by side, why, until when, and the answer. */
export function CounterOffer({ loan, offer }: { loan: Loan; offer: Offer }) {
  const { about, know } = useSeenLoan(loan);
  const accept = useCommand(AcceptCounterOffer);
  const decline = useCommand(DeclineCounterOffer);
  const [asking, setAsking] = useState<'accept' | 'decline' | null>(null);
  const send = async (answer: typeof accept | typeof decline) => {
    if (!(await answer.send({ ...about, body: {} }))) know();
    setAsking(null);
  };
  const { principal, months } = offer.offered;
  return (
    <Card title={m.my_offer()} flush>
      <div className={s.received}>
        <p>{m.my_offer_why({ reason: offer.reason })}</p>
        <p className="mute">{m.my_offer_about({ day: longDate(offer.until) })}</p>
      </div>
      <SideBySide requested={offer.requested} offered={offer.offered} currency={loan.currency} />
      <div className={s.received}>
        <p className="mute">{m.my_offer_free()}</p>
        <Outcome of={accept} />
        <Outcome of={decline} />
        <div className={s.actions}>
          <Button variant="default" onClick={() => setAsking('decline')}>
            {m.my_offer_decline()}
          </Button>
          <Button onClick={() => setAsking('accept')}>{m.my_offer_accept()}</Button>
        </div>
      </div>
      {asking === 'accept' && (
        <Confirm
          title={m.my_offer_accept()}
          does={m.my_offer_accept()}
          pending={accept.pending}
          onDo={() => void send(accept)}
          onClose={() => setAsking(null)}
        >
          <p>
            {m.my_offer_accept_sure({
              reference: loan.reference,
              amount: money(principal, loan.currency),
              count: counted(months, m.my_offer_instalment_count, m.my_offer_instalments_count),
            })}
          </p>
        </Confirm>
      )}
      {asking === 'decline' && (
        <Confirm
          title={m.my_offer_decline()}
          does={m.my_offer_decline()}
          pending={decline.pending}
          onDo={() => void send(decline)}
          onClose={() => setAsking(null)}
        >
          <p>{m.my_offer_decline_sure({ reference: loan.reference })}</p>
        </Confirm>
      )}
    </Card>
  );
}
