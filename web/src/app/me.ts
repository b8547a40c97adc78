import { type QueryClient, queryOptions, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { leave } from '~/api/gate';
import { forgetSeen } from '~/api/seen';
import { bare, findMe, left, type Me } from '~/api/session';
import { forgetDrafts } from '~/lib/draft';

export type Face = 'portal' | 'bureau';

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: findMe, staleTime: 60_000, retry: false });

export const isStaff = (me: Me) => me.roles.some((role) => role !== 'client');

/** Whoever asks for a page of the inside proves who they are first, and comes back to it. */
export async function guard(queries: QueryClient, href: string): Promise<Me> {
  const me = await queries.ensureQueryData(meQuery);
  if (!me) throw redirect({ to: '/sign-in', search: { next: href === '/' ? undefined : href } } as never);
  return me;
}

/** Who is in; only below the guard. */
export function useMe(): Me {
  const { data } = useSuspenseQuery(meQuery);
  if (!data) throw new Error('this is shown to nobody who is not in');
  return data;
}

/** The files of whoever is in; none before one was opened. (An account owns what is written under its own id, too.) */
export function useFiles(): readonly string[] {
  const { account_id, customers } = useMe();
  return customers?.filter((each) => each !== account_id) ?? [];
}

export const useMay = (permission: string | undefined) => {
  const { permissions } = useMe();
  return permission === undefined || permissions.includes(permission);
};

/** Ends the session here and in the API; nothing of the person stays in this browser. */
export function useSignOut() {
  const queries = useQueryClient();
  return async () => {
    leave();
    await bare('/api/v1/auth/sign-out', { method: 'POST' }).catch(() => undefined);
    forgetDrafts();
    forgetSeen();
    left();
    queries.clear();
    location.assign(`${import.meta.env.BASE_URL}sign-in`);
  };
}
