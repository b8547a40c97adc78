export const MOVEMENTS = [
  'disbursement',
  'interest-due',
  'repayment',
  'advance-applied',
  'repayment-reversed',
  'reallocation',
] as const;
