/** In the order of a loan's life. Apart from its words: the address of a list is checked before its screen is loaded. */
export const STATUSES = [
  'requested',
  'approved',
  'ready',
  'disbursed',
  'repaid',
  'declined',
  'withdrawn',
  'expired',
  'stepped-back',
] as const;
export type LoanStatus = (typeof STATUSES)[number];
