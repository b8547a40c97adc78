import { createFileRoute } from '@tanstack/react-router';
import { ContractFile } from '~/features/contract/bureau/contract-file';
import { contractFileSearch } from '~/features/contract/search';
import { History } from '~/features/history/bureau/history';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/contracts/$contractId')({
  validateSearch: contractFileSearch,
  staticData: { title: m.contract_desk },
  component: () => <ContractFile history={(id) => <ContractHistory id={id} />} />,
});

function ContractHistory({ id }: { id: string }) {
  const { v, vs } = Route.useSearch();
  const navigate = Route.useNavigate();
  const move = (moment: { v?: number; vs?: 'now' }) =>
    void navigate({ search: { tab: 'history', ...moment }, replace: true, resetScroll: false });
  return <History file={{ of: 'contracts', id }} at={{ v, vs }} onMoment={move} />;
}
