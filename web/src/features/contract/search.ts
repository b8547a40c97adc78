import { day, id, someOf } from '~/lib/filters';
import { oneOf, text, whole } from '~/lib/search';

/** In the order of a contract's life. */
export const STATES = ['drafted', 'rendered', 'sent', 'returned', 'signed', 'expired'] as const;
export type ContractState = (typeof STATES)[number];
const SORTED = ['drafted_on', 'reference', 'principal', 'status', 'customer'] as const;
export type ContractSort = `${'' | '-'}${(typeof SORTED)[number]}`;
const SORTS = SORTED.flatMap((each): ContractSort[] => [each, `-${each}`]);

export type ContractSearch = {
  status?: string;
  q?: string;
  product?: string;
  from?: string;
  to?: string;
  sort?: ContractSort;
};

/** What the address of the contracts desk may hold. */
export const contractSearch = (search: Record<string, unknown>): ContractSearch => ({
  status: someOf(search.status, STATES),
  q: text(search.q)?.slice(0, 100),
  product: id(search.product),
  from: day(search.from),
  to: day(search.to),
  sort: SORTS.find((each) => each === search.sort),
});

/** The same as the API takes it, for the list, its counts and its export alike. */
export const asked = (search: ContractSearch) => ({
  q: search.q,
  product_id: search.product,
  drafted_from: search.from,
  drafted_to: search.to,
});

export type ContractFileSearch = { tab?: 'history'; v?: number; vs?: 'now' };

export const contractFileSearch = (search: Record<string, unknown>): ContractFileSearch => ({
  tab: oneOf(search.tab, ['history']),
  v: whole(search.v),
  vs: oneOf(search.vs, ['now']),
});
