import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { useMay, useMe } from './me';

const MOST = 200;

/** Who an account is, for whoever may know: the label, "you", or the beginning of its id. */
export function useAccountNames() {
  const me = useMe();
  const may = useMay('account.read');
  const accounts = api.useQuery(
    'get',
    '/api/v1/accounts',
    { params: { query: { limit: MOST } } },
    { enabled: may, staleTime: 60_000 },
  );
  const labels = new Map(accounts.data?.items.map((each) => [each.account_id, each.label]));
  return (id: string | null | undefined): string => {
    if (!id) return '—';
    return id === me.account_id ? m.account_you() : (labels.get(id) ?? id.slice(0, 8));
  };
}
