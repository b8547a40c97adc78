import { oneOf, whole } from '~/lib/search';

const TABS = ['schedule', 'repayments', 'documents', 'history'] as const;
export type LoanFileSearch = { tab?: (typeof TABS)[number]; v?: number; vs?: 'now' };

/** What the address of a loan file may hold: its tab, and in its history the version that is looked at. */
export const loanFileSearch = (search: Record<string, unknown>): LoanFileSearch => ({
  tab: oneOf(search.tab, TABS),
  v: whole(search.v),
  vs: oneOf(search.vs, ['now']),
});
