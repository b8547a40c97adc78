import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect } from 'react';
import { close, useGate, whenOthersEnter } from '~/api/gate';
import { findMe, whoseSession } from '~/api/session';
import { start } from '~/lib/live';
import { meQuery } from './me';

const Asking = lazy(() => import('./sign-in/in-place'));

/** Asks in place, over whatever is being done: nothing typed is lost, and what waited goes on. */
export function Gates() {
  const gate = useGate();
  const queries = useQueryClient();
  const passed = useCallback(
    (account: string | null, before: string | null) => {
      if (account !== before) {
        // What waited was asked by somebody else.
        location.assign(import.meta.env.BASE_URL);
        return close(false);
      }
      close(true);
      start();
      void queries.invalidateQueries({ queryKey: meQuery.queryKey });
    },
    [queries],
  );
  useEffect(
    () =>
      whenOthersEnter(async () => {
        const before = whoseSession();
        const me = before && (await findMe().catch(() => null));
        if (me && (gate === 'sign-in' || me.account_id !== before)) passed(me.account_id, before);
      }),
    [gate, passed],
  );
  if (!gate) return null;
  const before = whoseSession();
  return (
    <Suspense fallback={null}>
      <Asking gate={gate} onPassed={(account) => passed(account ?? before, before)} onClose={() => close(false)} />
    </Suspense>
  );
}
