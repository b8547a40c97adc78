import { useEffect, useRef } from 'react';

type Keys = Record<string, (() => void) | undefined>;

/** Single keys of one screen (`j`, `k`, `a`): silent while something is typed or a dialog is open. */
export function useKeys(keys: Keys) {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const on = event.target instanceof Element ? event.target : null;
      if (on?.closest('input, textarea, select, [contenteditable]') || document.querySelector('dialog[open]')) return;
      const act = now.current[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
