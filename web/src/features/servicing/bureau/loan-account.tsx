import { getRouteApi, Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { PageHeader } from '~/ui/card';
import { Kpi, Kpis } from '~/ui/kpi';
import { Answer } from '~/ui/states';
import { Allocations } from './allocations';
import { ArrearsDecisionButton } from './arrears-decision';
import { ChangeScheduleButton } from './change-schedule';
import { Default } from './default';
import { EarlyRepaymentButton } from './early-repayment';
import { PendingWriteOff } from './pending-write-off';
import { RecordRepaymentButton } from './record-repayment';
import { RefundButton } from './refund';
import { RepaymentsCard } from './repayments-card';
import { ScheduleVersions } from './schedule-versions';

const route = getRouteApi('/_in/repayments/$loanId');

/** What was lent, what came back and what is left of one loan; money that arrives is entered here. */
export function LoanAccount() {
  const params = { params: { path: { loan_id: route.useParams().loanId } } };
  const loan = api.useQuery('get', '/api/v1/loans/{loan_id}', params);
  const balance = api.useQuery('get', '/api/v1/loans/{loan_id}/account', params);
  return (
    <Answer of={loan} page>
      {(line) => (
        <>
          <PageHeader title={line.customer_name ?? line.purpose} reference={line.reference} about={line.purpose}>
            <Link to="/loans/$loanId" params={{ loanId: line.loan_id }} className="link">
              {m.servicing_to_loan()}
            </Link>
            <ArrearsDecisionButton loan={line} proposed={balance.data?.write_off_proposed_by != null} />
            {balance.data && <RefundButton reference={line.reference} account={balance.data} />}
            <ChangeScheduleButton loan={line} />
            <EarlyRepaymentButton loan={line} />
            <RecordRepaymentButton loan={line} />
          </PageHeader>
          <Default loan={line} />
          <PendingWriteOff loan={line} />
          <Answer of={balance}>
            {(account) => (
              <div className="stack">
                <Kpis>
                  <Kpi label={m.servicing_owed()} value={money(account.principal_owed, account.currency)} />
                  <Kpi label={m.servicing_received()} value={money(account.received, account.currency)} />
                  <Kpi
                    label={m.servicing_next()}
                    value={account.next_due_on ? money(account.next_due, account.currency) : '—'}
                    hint={account.next_due_on && date(account.next_due_on)}
                  />
                  <Kpi
                    label={m.servicing_late()}
                    value={money(account.overdue, account.currency)}
                    hint={account.days_past_due > 0 && m.servicing_days({ count: account.days_past_due })}
                  />
                  {account.overpaid > 0 && (
                    <Kpi
                      label={m.servicing_overpaid()}
                      value={money(account.overpaid, account.currency)}
                      hint={m.servicing_overpaid_hint()}
                    />
                  )}
                  {account.written_off > 0 && (
                    <Kpi
                      label={m.servicing_written_off()}
                      value={money(account.written_off, account.currency)}
                      hint={`${m.servicing_recovered()} ${money(account.recovered, account.currency)}`}
                    />
                  )}
                </Kpis>
                <RepaymentsCard loan={line.loan_id} account={account} />
                <Allocations loan={line.loan_id} />
                <ScheduleVersions loan={line.loan_id} />
              </div>
            )}
          </Answer>
        </>
      )}
    </Answer>
  );
}
