import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Bar } from '~/ui/kpi';
import { LoanStatusMark } from '../words';
import s from './loans.module.css';

export type Loan = components['schemas']['LoanEntry'];

/** A loan in a list: what it is for, where it stands, and how much of it is paid back. */
export const LoanLine = ({ loan }: { loan: Loan }) => (
  <li className={s.loan}>
    <div>
      <Link to="/loans/$loanId" params={{ loanId: loan.loan_id }}>
        {loan.purpose}
      </Link>
      <LoanStatusMark status={loan.status} />
    </div>
    {['disbursed', 'returning', 'repaid'].includes(loan.status) ? <Progress loan={loan} /> : <Asked loan={loan} />}
  </li>
);

const Asked = ({ loan }: { loan: Loan }) => (
  <small className="num">
    <span>
      {loan.reference} · {date(loan.requested_on)}
    </span>
    <span>{money(loan.principal, loan.currency)}</span>
  </small>
);

function Progress({ loan }: { loan: Loan }) {
  const over = loan.status === 'repaid';
  const { data: account } = api.useQuery(
    'get',
    '/api/v1/loans/{loan_id}/account',
    { params: { path: { loan_id: loan.loan_id } } },
    { enabled: !over },
  );
  const principal = money(loan.principal, loan.currency);
  const paid = over ? 1 : account ? account.principal_paid / account.principal : 0;
  return (
    <>
      <Bar value={paid} label={m.loan_progress_of({ purpose: loan.purpose })} />
      <small className="num">
        <span>
          {over
            ? m.loan_repaid_whole({ principal })
            : account && m.loan_left_of({ left: money(account.principal_owed, loan.currency), principal })}
        </span>
        <span data-late={loan.overdue > 0 || undefined}>
          {loan.overdue > 0
            ? m.my_loan_overdue({ amount: money(loan.overdue, loan.currency) })
            : loan.next_due_on && m.loan_next_on({ day: date(loan.next_due_on) })}
        </span>
      </small>
    </>
  );
}
