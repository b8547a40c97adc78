import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, integer, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { NextStep } from '~/ui/next-step';
import { overOn, running, useClocks } from '../clocks';

type Loan = components['schemas']['LoanEntry'];

/** The one thing that comes next for a loan, and whose turn it is. */
export function LoanNext({ loan }: { loan: Loan }) {
  if (loan.overpaid > 0) return <ToSendBack loan={loan} />;
  switch (loan.status) {
    case 'requested':
      return <NextStep title={m.next_decide()}>{m.loan_requested_on({ day: date(loan.requested_on) })}</NextStep>;
    case 'counter-offered':
      return (
        <NextStep title={m.next_counter_offer({ day: loan.counter_offer ? date(loan.counter_offer.until) : '—' })}>
          {loan.counter_offer?.reason}
        </NextStep>
      );
    case 'approved':
      if (loan.needs_information) return <NextStep title={m.next_information()}>{m.next_information_about()}</NextStep>;
      return (
        <NextStep title={m.next_signature()}>
          <span className="mute">
            {m.next_signature_about({ day: loan.approved_on ? date(loan.approved_on) : '—' })}
          </span>
          <ToContract loan={loan} />
        </NextStep>
      );
    case 'ready':
      return <PayingOut loan={loan} />;
    case 'disbursed':
      return <Repaying loan={loan} />;
    case 'returning':
      return <Returning loan={loan} />;
    case 'repaid':
      return (
        <NextStep tone="done" title={m.next_none()}>
          {m.next_repaid({ day: loan.repaid_on ? date(loan.repaid_on) : '—' })}
        </NextStep>
      );
    case 'written-off':
      return <NextStep title={m.next_written_off()} />;
    case 'recovered':
      return <NextStep tone="done" title={m.next_recovered()} />;
    case 'declined':
      return (
        <NextStep tone="done" title={m.next_declined({ day: loan.closed_on ? date(loan.closed_on) : '—' })}>
          {loan.declined_because}
        </NextStep>
      );
    case 'expired':
      return <NextStep tone="done" title={expired(loan)} />;
    case 'stepped-back':
      return <NextStep tone="done" title={m.next_stepped_back({ day: loan.closed_on ? date(loan.closed_on) : '—' })} />;
    default:
      return <NextStep tone="done" title={m.next_withdrawn({ day: loan.closed_on ? date(loan.closed_on) : '—' })} />;
  }
}

/** More came than is owed: it is the borrower's, whether the loan has ended or not. */
const ToSendBack = ({ loan }: { loan: Loan }) => (
  <NextStep title={m.next_send_back({ amount: money(loan.overpaid, loan.currency) })}>
    <Link to="/repayments/$loanId" params={{ loanId: loan.loan_id }} className="link">
      {m.next_to_repayments()}
    </Link>
  </NextStep>
);

/** Of a counter-offer where nothing was approved, of the contract's offer otherwise. */
function expired(loan: Loan) {
  const day = loan.closed_on ? date(loan.closed_on) : '—';
  return loan.approved_on ? m.next_expired({ day }) : m.next_counter_offer_expired({ day });
}

const ToContract = ({ loan }: { loan: Loan }) =>
  loan.contract_id && (
    <Link to="/contracts/$contractId" params={{ contractId: loan.contract_id }} className="link">
      {m.next_to_contract()}
    </Link>
  );

/** Signed: the money may leave, as soon as the law lets it. */
function PayingOut({ loan }: { loan: Loan }) {
  const { data: clocks } = useClocks(loan);
  const lock = running(clocks, 'no-payment');
  const amount = money(loan.drawdowns[0]?.amount ?? loan.principal, loan.currency);
  if (lock)
    return (
      <NextStep title={m.next_locked({ amount, day: date(overOn(lock)) })}>
        <span className="mute">{lock.source}</span>
        <ToContract loan={loan} />
      </NextStep>
    );
  return (
    <NextStep title={m.next_pay_out({ amount })}>
      <span className="mute">{m.next_pay_out_about({ day: loan.signed_on ? date(loan.signed_on) : '—' })}</span>
      <ToContract loan={loan} />
    </NextStep>
  );
}

/** The client stepped back after the payout. */
function Returning({ loan }: { loan: Loan }) {
  const account = useAccount(loan);
  const day = (on: string | null) => (on ? date(on) : '—');
  const title = m.next_returning({ day: day(loan.stepped_back_on), until: day(loan.return_by) });
  return (
    <NextStep title={title} tone={account && account.overdue > 0 ? 'bad' : undefined}>
      {account && (
        <span className="mute">
          {m.next_returning_about({ amount: money(account.overdue || account.next_due, loan.currency) })}
        </span>
      )}
    </NextStep>
  );
}

function Repaying({ loan }: { loan: Loan }) {
  const account = useAccount(loan);
  if (!account) return <NextStep title={m.loan_disbursed()} />;
  const { overdue, currency, days_past_due, next_due_on, next_due } = account;
  if (overdue > 0)
    return (
      <NextStep tone="bad" title={m.next_overdue({ amount: money(overdue, currency) })}>
        <span className="mute">{m.next_overdue_about({ days: integer(days_past_due) })}</span>
      </NextStep>
    );
  if (!next_due_on) return <NextStep title={m.next_settle()} />;
  return (
    <NextStep title={m.next_instalment({ amount: money(next_due, currency), day: date(next_due_on) })}>
      <span className="mute">{m.next_instalment_about()}</span>
    </NextStep>
  );
}

/** The account of a loan whose money has left; undefined before. */
export const useAccount = (loan: Loan) =>
  api.useQuery(
    'get',
    '/api/v1/loans/{loan_id}/account',
    { params: { path: { loan_id: loan.loan_id } } },
    { enabled: loan.disbursed_on !== null },
  ).data;
