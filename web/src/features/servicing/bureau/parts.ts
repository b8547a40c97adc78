import { money } from '~/lib/format';
import { m } from '~/paraglide/messages';

const PARTS = [
  ['penalty', () => m.servicing_part_penalty()],
  ['fee', () => m.servicing_part_fee()],
  ['insurance', () => m.servicing_part_insurance()],
  ['interest', () => m.servicing_part_interest()],
  ['principal', () => m.servicing_part_principal()],
] as const;

/** “intérêts 24,02 €, capital 197,58 €”: what there is of an amount, by what it is owed for; in minor units. */
export const madeOf = (amount: Record<(typeof PARTS)[number][0], number>, currency: string) =>
  PARTS.filter(([what]) => amount[what] > 0)
    .map(([what, word]) => `${word()} ${money(amount[what], currency)}`)
    .join(', ');
