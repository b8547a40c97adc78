import { expect, test } from 'vitest';
import { ageing, currenciesOf, flows, inOne, together } from './figures';

const nothing = {
  day: '2026-05-04',
  requests: [],
  to_pay_out: [],
  contracts: [],
  outstanding: [],
  late: [],
  due_today: [],
  months: [],
};
const month = (start: string, currency: string, due: number, received: number) => ({
  month: start,
  currency,
  due,
  received,
  lent: 0,
  principal_paid: 0,
  loans_opened: 0,
  loans_repaid: 0,
  principal_lost: 0,
  loans_lost: 0,
});

test('the currency with most loans comes first, one with requests alone is not forgotten', () => {
  const overview = {
    ...nothing,
    outstanding: [
      { currency: 'EUR', loans: 2, principal: 9 },
      { currency: 'XOF', loans: 5, principal: 1 },
    ],
    requests: [{ status: 'requested', currency: 'CAD', count: 1, oldest: '2026-05-01', amount: 7 }],
  };
  expect(currenciesOf(overview)).toEqual(['XOF', 'EUR', 'CAD']);
  expect(currenciesOf(nothing)).toEqual([]);
});

test('what waits is counted together, since the oldest day', () => {
  const groups = [
    { count: 2, oldest: '2026-05-03' },
    { count: 1, oldest: '2026-04-30' },
  ];
  expect(together(groups)).toEqual({ count: 3, oldest: '2026-04-30' });
  expect(together([])).toEqual({ count: 0, oldest: null });
});

test('ages keep their places and share what is late', () => {
  const late = [
    { currency: 'EUR', bucket: 'over-90' as const, instalments: 1, amount: 300 },
    { currency: 'EUR', bucket: '1-30' as const, instalments: 2, amount: 100 },
    { currency: 'XOF', bucket: '31-60' as const, instalments: 4, amount: 5_000 },
  ];
  const { total, rows } = ageing({ ...nothing, late }, 'EUR');
  expect(total).toBe(400);
  expect(rows.map((row) => [row.bucket, row.amount, row.share])).toEqual([
    ['1-30', 100, 0.25],
    ['31-60', 0, 0],
    ['61-90', 0, 0],
    ['over-90', 300, 0.75],
  ]);
  expect(ageing(nothing, 'EUR').rows.every((row) => row.share === 0)).toBe(true);
});

test('months are summed within their currency; nothing due is no share', () => {
  const months = [
    month('2026-04-01', 'EUR', 100, 80),
    month('2026-04-01', 'XOF', 7, 7),
    month('2026-05-01', 'EUR', 100, 100),
  ];
  expect(flows(months, 'EUR', '2026-05-04')).toMatchObject({ due: 200, received: 180, share: 0.9 });
  expect(flows(months, 'CAD', '2026-05-04')).toMatchObject({ due: 0, share: null });
});

test('the months stand side by side up to this one, and the one that still runs is known', () => {
  const months = [month('2025-11-01', 'EUR', 100, 90), month('2026-01-01', 'EUR', 50, 50)];
  expect(flows(months, 'EUR', '2026-02-03').own.map((each) => [each.month, each.due, each.running])).toEqual([
    ['2025-11-01', 100, false],
    ['2025-12-01', 0, false],
    ['2026-01-01', 50, false],
    ['2026-02-01', 0, true],
  ]);
  expect(flows(months, 'XOF', '2026-02-03').own).toEqual([]);
});

test('what waits in another currency is counted beside', () => {
  const groups = [
    { currency: 'EUR', count: 1, oldest: '2026-05-03' },
    { currency: 'XOF', count: 2, oldest: '2026-04-30' },
  ];
  expect(inOne(groups, 'EUR')).toMatchObject({ own: { count: 1 }, others: { count: 2, currencies: ['XOF'] } });
  expect(inOne([], 'EUR')).toMatchObject({ own: undefined, others: { count: 0 } });
});
