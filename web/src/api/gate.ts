import { useSyncExternalStore } from 'react';

/** What stands between a request and its answer: a sign-in that is over, or a proof that is too old. */
export type Gate = 'sign-in' | 'step-up';

let leaving = false;
let open: { kind: Gate; passed: Promise<boolean>; pass: (passed: boolean) => void } | null = null;
const watching = new Set<() => void>();
const tell = () => {
  for (const each of watching) each();
};

/** Ask the person; whoever asks meanwhile waits for the same answer. False: they would not. */
export function ask(kind: Gate): Promise<boolean> {
  if (leaving) return Promise.resolve(false);
  if (open) return open.passed;
  let pass: (passed: boolean) => void = () => undefined;
  const passed = new Promise<boolean>((resolve) => {
    pass = resolve;
  });
  open = { kind, passed, pass };
  tell();
  return passed;
}

export function close(passed: boolean) {
  const was = open;
  open = null;
  tell();
  was?.pass(passed);
}

export const useGate = () =>
  useSyncExternalStore(
    (listener) => {
      watching.add(listener);
      return () => watching.delete(listener);
    },
    () => open?.kind ?? null,
  );

/** Somebody is signing out: nobody is asked to sign in again. */
export const leave = () => {
  leaving = true;
};

const entrances = new BroadcastChannel('quittance-entrances');

/** Somebody signed in here, or proved anew who they are: tabs that wait for that need not. */
export const tellOthers = () => entrances.postMessage(null);

export function whenOthersEnter(act: () => void) {
  entrances.addEventListener('message', act);
  return () => entrances.removeEventListener('message', act);
}
