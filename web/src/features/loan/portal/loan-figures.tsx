import { api } from '~/api/client';
import { counted } from '~/lib/count';
import { date, money, rate } from '~/lib/format';
import { term } from '~/lib/term';
import { m } from '~/paraglide/messages';
import { Bar, Kpi, Kpis } from '~/ui/kpi';
import { Answer } from '~/ui/states';
import type { Loan } from './loan-line';
import s from './my-loan.module.css';
import { paidParts } from './progress';

/** The figures of a loan: those of the wish before the payout, those of the account after it. */
export const LoanFigures = ({ loan }: { loan: Loan }) => (
  <div className={s.figures}>{loan.disbursed_on ? <PaidOut loan={loan} /> : <Wished loan={loan} />}</div>
);

/** The rate of now; beside it the one that was agreed, where an index has moved it since. */
const annual = (agreed: number | null, now = agreed) => (
  <Kpi label={m.loan_kpi_rate()} value={now === null ? '—' : rate(now)} hint={aboutTheRate(agreed, now)} />
);

const aboutTheRate = (agreed: number | null, now: number | null) => {
  if (agreed === null) return m.loan_kpi_rate_later();
  return now === agreed ? undefined : m.loan_kpi_rate_agreed({ rate: rate(agreed) });
};

const Wished = ({ loan }: { loan: Loan }) => (
  <Kpis>
    <Kpi label={m.loan_kpi_asked()} value={money(loan.principal, loan.currency)} />
    <Kpi label={m.loan_kpi_months()} value={term(loan.months, loan.frequency)} />
    {annual(loan.rate)}
    {loan.apr !== null && (
      <Kpi
        label={m.loan_kpi_apr()}
        value={rate(loan.apr)}
        hint={loan.ceiling ? m.my_ceiling_short({ rate: rate(loan.ceiling.rate) }) : undefined}
      />
    )}
  </Kpis>
);

function PaidOut({ loan }: { loan: Loan }) {
  const path = { params: { path: { loan_id: loan.loan_id } } };
  const account = api.useQuery('get', '/api/v1/loans/{loan_id}/account', path);
  const plan = api.useQuery('get', '/api/v1/loans/{loan_id}/schedule', path);
  const paid = plan.data && paidParts(plan.data);
  return (
    <Answer of={account} rows={2}>
      {(of) => (
        <>
          <Kpis>
            <Kpi
              label={m.loan_kpi_owed()}
              value={money(of.principal_owed, of.currency)}
              hint={m.loan_kpi_of({ principal: money(of.principal, of.currency) })}
            />
            {of.overdue > 0 ? (
              <Kpi
                label={m.loan_kpi_late()}
                value={<span className={s.bad}>{money(of.overdue, of.currency)}</span>}
                hint={counted(of.days_past_due, m.loan_kpi_late_day, m.loan_kpi_late_days)}
              />
            ) : (
              <Kpi
                label={m.loan_kpi_next()}
                value={of.next_due_on ? money(of.next_due, of.currency) : '—'}
                hint={of.next_due_on ? date(of.next_due_on) : undefined}
              />
            )}
            {annual(loan.rate, of.rate)}
            <Kpi
              label={m.loan_kpi_progress()}
              value={paid === undefined ? '—' : `${paid}/${of.instalments}`}
              hint={m.loan_kpi_paid_parts()}
            />
          </Kpis>
          {of.overpaid > 0 && <p>{m.loan_overpaid_about({ amount: money(of.overpaid, of.currency) })}</p>}
          <div className={s.bar}>
            <Bar
              value={of.principal_paid / of.principal}
              label={m.loan_part_progress({ paid: String(paid ?? 0), all: String(of.instalments) })}
            />
          </div>
        </>
      )}
    </Answer>
  );
}
