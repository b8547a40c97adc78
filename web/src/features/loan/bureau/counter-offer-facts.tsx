import type { components } from '~/api/schema';
import { date, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Rows } from '~/ui/rows';
import { SideBySide } from '../side-by-side';
import { loanStatus } from '../words';

type Loan = components['schemas']['LoanEntry'];

/** The last counter-offer of a loan beside what was asked for, and what became of it; nothing where there was none. */
export function CounterOfferFacts({ loan }: { loan: Loan }) {
  const offer = loan.counter_offer;
  if (!offer) return null;
  return (
    <Card title={m.counter_offer_file({ day: date(offer.made_on) })} flush>
      <SideBySide requested={offer.requested} offered={offer.offered} currency={loan.currency} />
      <Rows
        rows={[
          [m.field_rate(), rate(offer.offered.rate)],
          [m.counter_offer_reason(), offer.reason],
          [m.counter_offer_until(), date(offer.until)],
          [m.counter_offer_answer(), answerOf(loan)],
        ]}
      />
    </Card>
  );
}

function answerOf({ status, counter_offer_answer }: Loan) {
  if (counter_offer_answer === 'accepted') return m.counter_offer_accepted();
  if (counter_offer_answer === 'declined') return m.counter_offer_declined();
  if (status === 'counter-offered') return m.counter_offer_waits();
  return m.counter_offer_none({ why: loanStatus(status) });
}
