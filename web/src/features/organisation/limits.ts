import type { components } from '~/api/schema';
import { writtenAmount } from '~/lib/format';

export type Limit = components['schemas']['LimitLine'];
export type Row = { operation: string; role: string; currency: string; each: string; daily: string };

/** As they are typed. */
export const rowOf = (limit: Limit): Row => ({
  operation: limit.operation,
  role: limit.role,
  currency: limit.currency,
  each: writtenAmount(limit.each, limit.currency),
  daily: limit.daily == null ? '' : writtenAmount(limit.daily, limit.currency),
});

/** As the API takes them; only payouts have a limit a day. */
export const written = (row: Row) => ({
  operation: row.operation as 'loan.approve',
  role: row.role as 'advisor',
  each: { amount: row.each, currency: row.currency as 'EUR' },
  daily: row.operation === 'loan.disburse' && row.daily ? { amount: row.daily, currency: row.currency as 'EUR' } : null,
});

const key = (limit: Limit) => `${limit.operation} ${limit.role} ${limit.currency}`;

/** What another set of limits would change, line by line: before, after, or only one of them. */
export function compared(now: Limit[], then: Limit[]): { key: string; before?: Limit; after?: Limit }[] {
  const keys = [...new Set([...now, ...then].map(key))].sort();
  return keys.flatMap((each) => {
    const before = now.find((limit) => key(limit) === each);
    const after = then.find((limit) => key(limit) === each);
    const same = before && after && before.each === after.each && before.daily === after.daily;
    return same ? [] : [{ key: each, before, after }];
  });
}
