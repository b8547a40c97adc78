import { expect, test } from 'vitest';
import { entries, sheets } from './balance';

const account = (number: string, currency: string, debit: number, credit: number) => ({
  account: number,
  currency,
  debit,
  credit,
  balance: debit - credit,
});

test('each currency has a sheet of its own, and says whether it balances', () => {
  const [cad, eur] = sheets([
    account('512', 'EUR', 20, 100),
    account('2748', 'EUR', 100, 20),
    account('512', 'CAD', 5, 4),
  ]);
  expect(eur).toMatchObject({ currency: 'EUR', debit: 120, credit: 120, balanced: true });
  expect(eur?.rows.map((row) => row.account)).toEqual(['2748', '512']);
  expect(cad).toMatchObject({ currency: 'CAD', balanced: false });
  expect(sheets([])).toEqual([]);
});

test('lines stand with their entry, in their order', () => {
  const line = (posting_id: string, number: number) =>
    ({ posting_id, line: number }) as Parameters<typeof entries>[0][number];
  const found = entries([line('b', 2), line('a', 1), line('b', 1)]);
  expect(found.map((each) => [each.first.posting_id, each.lines.map((own) => own.line)])).toEqual([
    ['b', [1, 2]],
    ['a', [1]],
  ]);
});
