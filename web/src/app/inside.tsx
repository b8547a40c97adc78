import { useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { ask } from '~/api/gate';
import { findMe } from '~/api/session';
import { follow, start } from '~/lib/live';
import { useLocale } from './locale';
import { type Face, isStaff, useMe } from './me';
import { Pending } from './states';

const WrongDoor = lazy(() => import('./wrong-door'));
const Enrolment = lazy(() => import('./sign-in/enrolment'));
const Prove = lazy(() => import('./sign-in/prove'));

/** What lies behind the guard: the right people at the right door, with the factors they need, listening for changes. */
export function Inside({ face, children }: { face: Face; children: ReactNode }) {
  const me = useMe();
  const queries = useQueryClient();
  const { follow: speak } = useLocale();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the language is the account's when somebody comes in, not whenever it is drawn
  useEffect(() => speak(me.language), [me.account_id]);
  const wrong = isStaff(me) !== (face === 'bureau');
  const ready = !wrong && !me.must_enrol && (face === 'portal' || me.amr.includes('mfa'));
  useEffect(() => {
    if (!ready) return;
    const unfollow = follow(queries, () => void lookAgain());
    const stop = start();
    return () => {
      unfollow();
      stop();
    };
  }, [ready, queries]);
  if (ready) return <>{children}</>;
  return (
    <Suspense fallback={<Pending />}>
      {wrong ? <WrongDoor face={face} /> : me.must_enrol ? <Enrolment /> : <Prove />}
    </Suspense>
  );
}

/** A session has ended: perhaps another one took its place after a fresh proof, here or in another tab. */
async function lookAgain() {
  if (await findMe().catch(() => null)) start();
  else void ask('sign-in');
}
