import { useEffect, useRef, useState } from 'react';
import { useDraft } from '~/lib/draft';
import { emptyWish, type Offer, startOf, type Wish } from './wish';

/** The wish that this page is about: drawn anew (in another language), it goes on where it was without asking. */
let underway: string | null = null;

/** What is filled in, kept in this browser from the first change on. */
export function useWish(offer: Offer, customers: readonly string[]) {
  const only = offer.products.length === 1 ? offer.products[0] : undefined;
  const [wish, setWish] = useState<Wish>(() => ({
    ...emptyWish(),
    ...(only ? startOf(only) : {}),
    customer_id: customers[0] ?? '',
  }));
  const draft = useDraft('loan-request', wish);
  const is = useRef(false);

  const change = (part: Partial<Wish>) => {
    is.current = true;
    setWish((before) => {
      underway = before.loan_id;
      return { ...before, ...part };
    });
  };
  const resume = () => {
    const value = draft.resume();
    if (value) change({ ...emptyWish(), ...value });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is drawn
  useEffect(() => {
    if (draft.found && draft.found.value.loan_id === underway) resume();
  }, []);
  const over = (forget: () => void) => () => {
    underway = null;
    is.current = false;
    forget();
  };
  return {
    wish,
    change,
    draft,
    kept: { is, resume, done: over(draft.done), discard: over(draft.discard) },
  };
}
