import type { components } from '~/api/schema';
import type { Currency } from '~/lib/currencies';

type Overview = components['schemas']['Overview'];
type MonthlyFlow = components['schemas']['MonthlyFlow'];

/** The currencies that the house has something in, the one with most loans first. */
export function currenciesOf(overview: Overview): Currency[] {
  const loans = new Map(overview.outstanding.map((each) => [each.currency, each.loans]));
  const all = [overview.outstanding, overview.requests, overview.to_pay_out, overview.late, overview.months ?? []]
    .flat()
    .map((each) => each.currency as Currency);
  return [...new Set(all)].sort(
    (one, other) => (loans.get(other) ?? 0) - (loans.get(one) ?? 0) || (one < other ? -1 : 1),
  );
}

type Waiting = { count: number; oldest: string };

/** Several groups of what waits as one: how many, and since when the oldest does. */
export function together(groups: Waiting[]): { count: number; oldest: string | null } {
  const count = groups.reduce((sum, each) => sum + each.count, 0);
  const oldest = groups.map((each) => each.oldest).sort()[0] ?? null;
  return { count, oldest };
}

export const BUCKETS = ['1-30', '31-60', '61-90', 'over-90'] as const;

/** What is late in one currency, by age; every age is there, so that the table keeps its shape. */
export function ageing(overview: Overview, currency: string) {
  const own = overview.late.filter((each) => each.currency === currency);
  const total = own.reduce((sum, each) => sum + each.amount, 0);
  const rows = BUCKETS.map((bucket) => {
    const found = own.find((each) => each.bucket === bucket);
    const amount = found?.amount ?? 0;
    return { bucket, amount, instalments: found?.instalments ?? 0, share: total ? amount / total : 0 };
  });
  return { total, rows };
}

/** What fell due and came in over the months, in all; the share is null as long as nothing fell due. */
export function flows(months: MonthlyFlow[], currency: string, today: string) {
  const own = months.filter((each) => each.currency === currency);
  const due = own.reduce((sum, each) => sum + each.due, 0);
  const received = own.reduce((sum, each) => sum + each.received, 0);
  return { own: unbroken(own, today), due, received, share: due ? received / due : null };
}

/** Every month from the first that has anything to this one: a month without any is a gap in the drawing, not left out. */
function unbroken(own: MonthlyFlow[], today: string) {
  const first = own.map((each) => each.month).sort()[0];
  if (!first) return [];
  const nth = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  return Array.from({ length: nth(today) - nth(first) + 1 }, (_, after) => {
    const at = nth(first) + after;
    const month = `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`;
    const found = own.find((each) => each.month === month);
    return { month, due: found?.due ?? 0, received: found?.received ?? 0, running: at === nth(today) };
  });
}

type Group = { currency: string; count: number; oldest: string };

/** What waits in one currency, and how many wait in the others: nobody forgets them. */
export function inOne<One extends Group>(groups: One[], currency: string | undefined) {
  const own = groups.find((each) => each.currency === currency);
  const others = groups.filter((each) => each.currency !== currency && each.count > 0);
  return { own, others: { count: together(others).count, currencies: others.map((each) => each.currency).sort() } };
}
