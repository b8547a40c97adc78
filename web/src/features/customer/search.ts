import { day } from '~/lib/filters';
import { flag, oneOf, text, whole } from '~/lib/search';

export const NATURES = ['person', 'company'] as const;
const SORTED = ['name', 'reference', 'registered_on'] as const;
export type CustomerSort = `${'' | '-'}${(typeof SORTED)[number]}`;
const SORTS = SORTED.flatMap((each): CustomerSort[] => [each, `-${each}`]);

export type CustomerSearch = {
  nature?: (typeof NATURES)[number];
  q?: string;
  country?: string;
  from?: string;
  to?: string;
  sort?: CustomerSort;
  /** The form for a new one is open. */
  register?: true;
};

/** What the address of the customers may hold. */
export const customerSearch = (search: Record<string, unknown>): CustomerSearch => ({
  nature: oneOf(search.nature, NATURES),
  q: text(search.q)?.slice(0, 100),
  country: /^[A-Z]{2}$/.test(String(search.country)) ? String(search.country) : undefined,
  from: day(search.from),
  to: day(search.to),
  sort: SORTS.find((each) => each === search.sort),
  register: flag(search.register),
});

export const asked = (search: CustomerSearch) => ({
  nature: search.nature,
  q: search.q,
  country: search.country,
  registered_from: search.from,
  registered_to: search.to,
});

const TABS = ['loans', 'contracts', 'history'] as const;
export type CustomerFileSearch = { tab?: (typeof TABS)[number]; v?: number; vs?: 'now' };

export const customerFileSearch = (search: Record<string, unknown>): CustomerFileSearch => ({
  tab: oneOf(search.tab, TABS),
  v: whole(search.v),
  vs: oneOf(search.vs, ['now']),
});
