import { getRouteApi } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { api } from '~/api/client';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Back } from '~/ui/back';
import { PageHeader } from '~/ui/card';
import { Answer } from '~/ui/states';
import { LoanStatusMark } from '../words';
import { Clocks } from './clocks';
import { CounterOffer } from './counter-offer';
import { Drawdowns } from './drawdowns';
import { Information } from './information';
import { LoanAccount } from './loan-account';
import { LoanFigures } from './loan-figures';
import type { Loan } from './loan-line';
import { LoanStory } from './loan-story';
import s from './my-loan.module.css';
import { Plan } from './plan';
import { RepayEarly } from './repay-early';
import { Repayments } from './repayments';
import { ToReturn } from './to-return';
import { Way } from './way';

const route = getRouteApi('/_in/loans/$loanId');
// Few schedules ever change: what tells of it comes after the page.
const PlanChanges = lazy(() => import('./plan-changes'));

type MyLoanProps = { documents: (loan: Loan) => ReactNode };

/** One loan: where it stands, what comes next, what was paid and what will be, and everything that happened. */
export function MyLoan({ documents }: MyLoanProps) {
  const { loanId } = route.useParams();
  const loan = api.useQuery('get', '/api/v1/loans/{loan_id}', { params: { path: { loan_id: loanId } } });
  return (
    <>
      <Back to="/loans">{m.loan_back_to()}</Back>
      <Answer of={loan} rows={8} page>
        {(line) => (
          <>
            <PageHeader title={line.purpose} about={<span className="num">{about(line)}</span>}>
              <LoanStatusMark status={line.status} />
            </PageHeader>
            <div className="stack">
              <LoanFigures loan={line} />
              {line.status === 'counter-offered' && line.counter_offer && (
                <CounterOffer loan={line} offer={line.counter_offer} />
              )}
              <Way loan={line} />
              {line.status === 'approved' && line.needs_information && <Information loan={line} />}
              <Clocks loan={line} />
              <Drawdowns loan={line} />
              <div className={s.columns}>
                <div className="stack">
                  {line.disbursed_on && (
                    <>
                      <div id="schedule">
                        <Plan loanId={line.loan_id} />
                      </div>
                      <Suspense>
                        <PlanChanges loanId={line.loan_id} />
                      </Suspense>
                      <Repayments loanId={line.loan_id} currency={line.currency} />
                      <LoanAccount loanId={line.loan_id} />
                      {line.status === 'disbursed' && <RepayEarly loanId={line.loan_id} />}
                      {line.status === 'returning' && <ToReturn loanId={line.loan_id} />}
                    </>
                  )}
                  {!line.disbursed_on && documents(line)}
                </div>
                <div className="stack">
                  {line.disbursed_on && documents(line)}
                  <LoanStory loan={line} />
                </div>
              </div>
            </div>
          </>
        )}
      </Answer>
    </>
  );
}

const about = (loan: Loan) =>
  loan.signed_on
    ? m.loan_about_signed({ reference: loan.reference, day: date(loan.signed_on) })
    : m.loan_about_requested({ reference: loan.reference, day: date(loan.requested_on) });
