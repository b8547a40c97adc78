import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';
import { counted } from './count';

export type Frequency = components['schemas']['LoanEntry']['frequency'];

const WORDS: Record<Frequency, [(of: { count: string }) => string, (of: { count: string }) => string]> = {
  weekly: [m.term_week, m.term_weeks],
  fortnightly: [m.term_fortnight, m.term_fortnights],
  monthly: [m.term_month, m.term_months],
  quarterly: [m.term_quarter, m.term_quarters],
};

/** How long a loan runs, in what its instalments count: “24 mois”, “26 semaines”. */
export const term = (instalments: number, frequency: Frequency) => counted(instalments, ...WORDS[frequency]);
