/** In the order of a loan's life. Apart from its words: the address of a list is checked before its screen is loaded. */
export const STATUSES = [
  'requested',
  'counter-offered',
  'approved',
  'ready',
  'disbursed',
  'returning',
  'repaid',
  'written-off',
  'recovered',
  'declined',
  'withdrawn',
  'expired',
  'stepped-back',
] as const;
export type LoanStatus = (typeof STATUSES)[number];
