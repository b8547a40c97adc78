import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { counted } from '~/lib/count';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { NextAction } from '~/ui/card';
import { type Step, tell } from './steps';

type Overview = components['schemas']['MyOverview'];
type Payment = components['schemas']['NextPayment'];

/** The largest thing on the page: the next payment; before there is one, the way to a loan. */
export function NextCard({ overview, hasFile }: { overview: Overview; hasFile: boolean }) {
  if (overview.next_payment) return <NextPayment payment={overview.next_payment} />;
  if (!hasFile) {
    return (
      <NextAction said about={m.home_welcome()} value={m.home_file_first()} hint={m.home_file_first_about()}>
        <Button renderRoot={(props) => <Link to="/profile" {...props} />}>{m.home_open_file()}</Button>
      </NextAction>
    );
  }
  const step = overview.steps.find(({ kind }) => ON_THE_WAY.has(kind));
  if (step) return <NextStep step={step} />;
  return (
    <NextAction said about={m.home_wish()} value={m.home_wish_value()} hint={m.home_wish_about()}>
      <Button renderRoot={(props) => <Link to="/loans/new" {...props} />}>{m.loan_ask()}</Button>
    </NextAction>
  );
}

const ON_THE_WAY = new Set<Step['kind']>([
  'return-again',
  'answer-counter-offer',
  'confirm-information',
  'sign-contract',
  'request-in-review',
  'copy-in-review',
  'payout-coming',
]);

/** Between the request and the payout: where it stands, and what is to be done about it. */
function NextStep({ step }: { step: Step }) {
  const { title, hint, does, to, params } = tell(step);
  return (
    <NextAction said about={step.by === 'you' ? m.home_your_turn() : m.home_our_turn()} value={title} hint={hint}>
      <Button renderRoot={(props) => <Link {...({ to, params } as never as { to: '/' })} {...props} />}>
        {step.by === 'you' ? does : m.home_follow()}
      </Button>
    </NextAction>
  );
}

function NextPayment({ payment }: { payment: Payment }) {
  const late = payment.days_past_due > 0;
  const words = { day: date(payment.on), reference: payment.reference };
  const hint = late
    ? counted(
        payment.days_past_due,
        (days) => m.home_next_late_since_one({ ...words, ...days }),
        (days) => m.home_next_late_since({ ...words, ...days }),
      )
    : m.home_next_on(words);
  return (
    <NextAction
      about={late ? m.home_next_late() : m.home_next()}
      value={money(payment.amount, payment.currency)}
      hint={hint}
    >
      <Button renderRoot={(props) => <Link to="/payments" search={{ loan: payment.loan_id }} {...props} />}>
        {m.home_how_to_pay()}
      </Button>
      <Button
        renderRoot={(props) => (
          <Link to="/loans/$loanId" params={{ loanId: payment.loan_id }} hash="schedule" {...props} />
        )}
      >
        {m.home_see_schedule()}
      </Button>
    </NextAction>
  );
}
