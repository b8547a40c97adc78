import { createFileRoute } from '@tanstack/react-router';
import { HistoryOfContract } from '~/features/contract/portal/history-of-contract';
import { MyHistory } from '~/features/history/portal/my-history';
import { whole } from '~/lib/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/contracts/$contractId_/history')({
  staticData: { title: m.loan_history },
  validateSearch: (search): { v?: number } => ({ v: whole(search.v) }),
  component: Page,
});

function Page() {
  const { contractId } = Route.useParams();
  const { v } = Route.useSearch();
  const navigate = Route.useNavigate();
  const onVersion = (to?: number) => void navigate({ search: { v: to }, replace: true, resetScroll: false });
  return (
    <HistoryOfContract contractId={contractId}>
      <MyHistory file={{ of: 'contracts', id: contractId }} v={v} onVersion={onVersion} />
    </HistoryOfContract>
  );
}
