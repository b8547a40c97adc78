import { createFileRoute } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Pending } from '~/app/states';
import { LoanFile } from '~/features/loan/bureau/loan-file';
import { loanFileSearch } from '~/features/loan/file-search';
import { Default } from '~/features/servicing/bureau/default';
import { PayOutButton } from '~/features/servicing/bureau/pay-out';
import { PendingWriteOff } from '~/features/servicing/bureau/pending-write-off';
import { RecordRepaymentButton } from '~/features/servicing/bureau/record-repayment';
import { Repayments } from '~/features/servicing/bureau/repayments-card';
import { m } from '~/paraglide/messages';

// The past of a loan is a page of its own: it comes when somebody turns to it.
const History = lazy(() => import('~/features/history/bureau/history').then((it) => ({ default: it.History })));

export const Route = createFileRoute('/_in/loans/$loanId')({
  validateSearch: loanFileSearch,
  staticData: { title: m.loan_book },
  component: () => (
    <LoanFile
      history={(id) => <LoanHistory id={id} />}
      commands={(loan) => (
        <>
          <PayOutButton loan={loan} />
          <RecordRepaymentButton loan={loan} />
        </>
      )}
      waiting={(loan) => (
        <>
          <Default loan={loan} />
          <PendingWriteOff loan={loan} />
        </>
      )}
      repayments={(loan) => <Repayments loan={loan.loan_id} />}
    />
  ),
});

function LoanHistory({ id }: { id: string }) {
  const { v, vs } = Route.useSearch();
  const navigate = Route.useNavigate();
  const move = (moment: { v?: number; vs?: 'now' }) =>
    void navigate({ search: { tab: 'history', ...moment }, replace: true, resetScroll: false });
  return (
    <Suspense fallback={<Pending />}>
      <History file={{ of: 'loans', id }} at={{ v, vs }} onMoment={move} />
    </Suspense>
  );
}
