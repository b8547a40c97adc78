import { createFileRoute } from '@tanstack/react-router';
import { MyHistory } from '~/features/history/portal/my-history';
import { HistoryOfLoan } from '~/features/loan/portal/history-of-loan';
import { whole } from '~/lib/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/loans/$loanId_/history')({
  staticData: { title: m.loan_history },
  validateSearch: (search): { v?: number } => ({ v: whole(search.v) }),
  component: Page,
});

function Page() {
  const { loanId } = Route.useParams();
  const { v } = Route.useSearch();
  const navigate = Route.useNavigate();
  const onVersion = (to?: number) => void navigate({ search: { v: to }, replace: true, resetScroll: false });
  return (
    <HistoryOfLoan loanId={loanId}>
      <MyHistory file={{ of: 'loans', id: loanId }} v={v} onVersion={onVersion} />
    </HistoryOfLoan>
  );
}
