import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { titled } from '~/lib/titled';
import { m } from '~/paraglide/messages';
import { PageHeader } from '~/ui/card';
import { Answer } from '~/ui/states';
import { Tabs } from '~/ui/tabs';
import { LoanStatusMark } from '../words';
import { FileDecision } from './file-decision';
import { LoanDocuments } from './loan-documents';
import { LoanFacts } from './loan-facts';
import { LoanNext } from './loan-next';
import { LoanSchedule } from './loan-schedule';
import { OnPaper } from './on-paper';

type Loan = components['schemas']['LoanEntry'];
const route = getRouteApi('/_in/loans/$loanId');

type LoanFileProps = {
  /** Everything that happened to it: told by another noun. */
  history: (loanId: string) => ReactNode;
  /** Commands beside those of a request: pay out, enter a repayment. */
  commands?: (loan: Loan) => ReactNode;
  repayments?: (loan: Loan) => ReactNode;
  /** What waits for a second person beside the loan itself: a loss that is proposed. */
  waiting?: (loan: Loan) => ReactNode;
};

/** One loan: where it stands, what comes next, and all that belongs to it. */
export function LoanFile({ history, commands, repayments, waiting }: LoanFileProps) {
  const { loanId } = route.useParams();
  const { tab, v } = route.useSearch();
  const loan = api.useQuery('get', '/api/v1/loans/{loan_id}', { params: { path: { loan_id: loanId } } });
  const past = tab === 'history' && v !== undefined;
  return (
    <Answer of={loan} rows={8} page>
      {(line) => (
        <>
          <PageHeader
            title={
              line.customer_name ? (
                <Link to="/customers/$customerId" params={{ customerId: line.customer_id }} className="brandlink">
                  {line.customer_name}
                </Link>
              ) : (
                m.section_loan()
              )
            }
            reference={line.reference}
            about={`${line.purpose} · ${titled(line.product_title_fr, line.product_title_en)}`}
          >
            {/* The past is only read, and says its state itself. */}
            {!past && <LoanStatusMark status={line.status} />}
            <fieldset className="whole" disabled={past}>
              <FileDecision loan={line} disabled={past} />
              <OnPaper loan={line} />
              {commands?.(line)}
            </fieldset>
          </PageHeader>
          {!past && <LoanNext loan={line} />}
          {!past && waiting?.(line)}
          <Tabs value={tab} tabs={tabsOf(line, repayments !== undefined)} />
          {tab === 'history' ? (
            history(loanId)
          ) : tab === 'schedule' ? (
            <LoanSchedule loan={line} />
          ) : tab === 'repayments' && repayments ? (
            repayments(line)
          ) : tab === 'documents' ? (
            <LoanDocuments loan={line} />
          ) : (
            <LoanFacts loan={line} />
          )}
        </>
      )}
    </Answer>
  );
}

const tabsOf = (loan: Loan, withRepayments: boolean) =>
  [
    [undefined, m.loan_file()],
    ['schedule', m.loan_schedule()],
    ...(withRepayments && loan.disbursed_on ? [['repayments', m.loan_repayments()] as const] : []),
    ['documents', m.loan_documents()],
    ['history', m.history()],
  ] as const;
