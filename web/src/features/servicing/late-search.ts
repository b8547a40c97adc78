import { CURRENCIES } from '~/lib/currencies';
import { someOf } from '~/lib/filters';
import { oneOf, text } from '~/lib/search';
import { m } from '~/paraglide/messages';

export const BUCKETS = ['1-30', '31-60', '61-90', '90+'] as const;
export type Bucket = (typeof BUCKETS)[number];

const SORTED = ['late_since', 'past_due', 'outstanding', 'reference', 'customer'] as const;
export type LateSort = `${'' | '-'}${(typeof SORTED)[number]}`;
const SORTS = SORTED.flatMap((each): LateSort[] => [each, `-${each}`]);

export type LateSearch = {
  bucket?: string;
  currency?: (typeof CURRENCIES)[number];
  q?: string;
  sort?: LateSort;
};

/** What the address of the arrears desk may hold. */
export const lateSearch = (search: Record<string, unknown>): LateSearch => ({
  bucket: someOf(search.bucket, BUCKETS),
  currency: oneOf(search.currency, CURRENCIES),
  q: text(search.q)?.slice(0, 100),
  sort: SORTS.find((each) => each === search.sort),
});

const WORDS: Record<Bucket | 'current', () => string> = {
  current: m.arrears_current,
  '1-30': m.arrears_to_30,
  '31-60': m.arrears_to_60,
  '61-90': m.arrears_to_90,
  '90+': m.arrears_above_90,
};

/** For how many days a loan is past due, as people say it. */
export const bucketWord = (bucket: Bucket | 'current') => WORDS[bucket]();
