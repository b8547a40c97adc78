/** Of a request for a loan, in their order; apart from the screen: the address is checked before it is loaded. */
export const STEPS = ['project', 'terms', 'contact', 'agreements', 'summary'] as const;
export type StepName = (typeof STEPS)[number];
