import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { WayList } from '~/ui/way';
import type { Loan } from './loan-line';
import { TakeBack } from './take-back';
import s from './way.module.css';

const STAGES: Record<string, number> = { requested: 1, 'counter-offered': 1, approved: 2, ready: 3 };

/** What comes next, while something does: from the request to the payout; and how it ended when it ended early. */
export function Way({ loan }: { loan: Loan }) {
  if (['disbursed', 'returning', 'repaid', 'written-off', 'recovered'].includes(loan.status)) return null;
  if (loan.status in ENDED) return <Ended loan={loan} />;
  const here = STAGES[loan.status] ?? 0;
  return (
    <Card title={m.way()} flush>
      <WayList
        label={m.way()}
        here={here}
        steps={[
          { title: m.way_sent(), about: m.way_sent_about({ day: date(loan.requested_on) }) },
          {
            title: m.way_review(),
            about: reviewed(loan),
          },
          {
            title: m.way_sign(),
            about: loan.signed_on ? m.way_sign_done({ day: date(loan.signed_on) }) : m.way_sign_about(),
          },
          {
            title: m.way_payout(),
            about: loan.planned_payout_on
              ? m.way_payout_planned({ day: date(loan.planned_payout_on) })
              : m.way_payout_about(),
          },
        ]}
      />
      <Doing loan={loan} />
    </Card>
  );
}

function reviewed(loan: Loan) {
  if (loan.approved_on) return m.way_review_done({ day: date(loan.approved_on) });
  return loan.status === 'counter-offered' ? m.way_review_offered() : m.way_review_about();
}

function Doing({ loan }: { loan: Loan }) {
  if (loan.status === 'requested' || loan.status === 'counter-offered') {
    return (
      <div className={s.foot}>
        <TakeBack loan={loan} />
      </div>
    );
  }
  if (!loan.contract_id) return null;
  const contractId = loan.contract_id;
  const signing = loan.status === 'approved';
  return (
    <div className={s.foot}>
      <Button
        variant={signing ? 'filled' : 'default'}
        renderRoot={(props) => <Link to="/contracts/$contractId" params={{ contractId }} {...props} />}
      >
        {signing ? m.loan_sign_contract() : m.loan_see_contract()}
      </Button>
    </div>
  );
}

const ENDED: Record<string, () => string> = {
  declined: m.loan_declined_title,
  withdrawn: m.loan_withdrawn_title,
  expired: m.loan_expired_title,
  'stepped-back': m.loan_stepped_back_title,
};

/** What lapsed is a counter-offer: nothing was approved. */
const isUnanswered = (loan: Loan) => loan.status === 'expired' && loan.approved_on === null;

function endOf(loan: Loan) {
  if (loan.status === 'stepped-back' && loan.disbursed_on) return m.loan_returned_title();
  return isUnanswered(loan) ? m.my_offer_expired_title() : ENDED[loan.status]?.();
}

const Ended = ({ loan }: { loan: Loan }) => (
  <Card>
    <h2 className={s.ended}>{endOf(loan)}</h2>
    {loan.declined_because && <p className="mute">{m.loan_declined_because({ reason: loan.declined_because })}</p>}
    <div className={s.again}>
      <Button variant="default" renderRoot={(props) => <Link to="/loans/new" {...props} />}>
        {m.loan_new_request()}
      </Button>
    </div>
  </Card>
);
