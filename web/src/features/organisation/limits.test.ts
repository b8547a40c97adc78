import { expect, test } from 'vitest';
import { compared, type Limit, rowOf, written } from './limits';

const limit = (role: string, each: number, daily: number | null = null, currency = 'EUR'): Limit => ({
  operation: daily === null ? 'loan.approve' : 'loan.disburse',
  role,
  currency,
  each,
  daily,
});

test('what is typed is what is sent', () => {
  expect(written(rowOf(limit('advisor', 1_000_000, 5_000_050)))).toEqual({
    operation: 'loan.disburse',
    role: 'advisor',
    each: { amount: '10000.00', currency: 'EUR' },
    daily: { amount: '50000.50', currency: 'EUR' },
  });
  expect(rowOf(limit('advisor', 500_000, null, 'XOF'))).toMatchObject({ each: '500000', daily: '' });
});

test('an approval has no limit a day, whatever was typed before', () => {
  expect(written({ ...rowOf(limit('advisor', 100)), daily: '12.00' }).daily).toBeNull();
});

test('only what changes is compared: more, less, new and gone', () => {
  const found = compared(
    [limit('advisor', 100), limit('accountant', 100, 500), limit('admin', 1)],
    [limit('advisor', 200), limit('accountant', 100, 500), limit('auditor', 9)],
  );
  expect(found.map((each) => [each.before?.each, each.after?.each])).toEqual([
    [1, undefined],
    [100, 200],
    [undefined, 9],
  ]);
});
