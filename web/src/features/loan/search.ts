import { CURRENCIES } from '~/lib/currencies';
import { day, id, someOf } from '~/lib/filters';
import { flag, oneOf, text } from '~/lib/search';
import { STATUSES } from './statuses';

const SORTED = ['requested_on', 'reference', 'principal', 'status', 'customer', 'next_due_on', 'overdue'] as const;
export type LoanSort = `${'' | '-'}${(typeof SORTED)[number]}`;
const SORTS = SORTED.flatMap((each): LoanSort[] => [each, `-${each}`]);

export type LoanSearch = {
  status?: string;
  q?: string;
  product?: string;
  currency?: (typeof CURRENCIES)[number];
  from?: string;
  to?: string;
  overdue?: true;
  overpaid?: true;
  sort?: LoanSort;
};

/** What the address of the loan book may hold. */
export const loanSearch = (search: Record<string, unknown>): LoanSearch => ({
  status: someOf(search.status, STATUSES),
  q: text(search.q)?.slice(0, 100),
  product: id(search.product),
  currency: oneOf(search.currency, CURRENCIES),
  from: day(search.from),
  to: day(search.to),
  overdue: flag(search.overdue),
  overpaid: flag(search.overpaid),
  sort: SORTS.find((each) => each === search.sort),
});

/** The same as the API takes it, for the list, its counts and its export alike. */
export const asked = (search: LoanSearch) => ({
  q: search.q,
  product_id: search.product,
  currency: search.currency,
  requested_from: search.from,
  requested_to: search.to,
  overdue: search.overdue,
  overpaid: search.overpaid,
});
