import { useEffect, useRef, useState } from 'react';
import { whoseSession } from '~/api/session';

const PREFIX = 'quittance.draft.';
const LASTS = 14 * 24 * 3_600_000;
type Kept<T> = { at: number; value: T };

const place = (name: string) => `${PREFIX}${whoseSession() ?? 'nobody'}.${name}`;

function find<T>(name: string): Kept<T> | null {
  try {
    const kept = JSON.parse(localStorage.getItem(place(name)) ?? 'null') as Kept<T> | null;
    return kept && Date.now() - kept.at < LASTS ? kept : null;
  } catch {
    return null;
  }
}

/** When something was begun and not sent; null when there is nothing. */
export const begunAt = (name: string) => find<unknown>(name)?.at ?? null;

/** What somebody was typing, kept in this browser for the account that types it, until it is sent or thrown away.

    const draft = useDraft('loan-request', values)
    draft.found    what was typed before and not sent, with when; null when there is nothing
    draft.resume() gives it back; draft.discard() throws it away; call draft.done() once it was sent
*/
export function useDraft<T>(name: string, value: T) {
  const [found, setFound] = useState(() => find<T>(name));
  const first = useRef(JSON.stringify(value));
  const written = JSON.stringify(value);
  useEffect(() => {
    // With every key: whoever leaves right after it has lost nothing.
    if (written !== first.current)
      localStorage.setItem(place(name), JSON.stringify({ at: Date.now(), value: JSON.parse(written) }));
  }, [name, written]);
  const forget = () => {
    localStorage.removeItem(place(name));
    setFound(null);
  };
  return {
    found,
    resume: () => {
      setFound(null);
      return found?.value;
    },
    discard: forget,
    done: () => {
      first.current = written;
      forget();
    },
  };
}

/** Nothing personal stays behind after a sign-out. */
export function forgetDrafts() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}
