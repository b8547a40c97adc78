/** What the house lends in, the home currency first. */
export const CURRENCIES = ['EUR', 'CAD', 'USD', 'CDF', 'XOF', 'XAF', 'GNF'] as const;

export type Currency = (typeof CURRENCIES)[number];
