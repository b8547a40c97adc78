import type { components } from '~/api/schema';

type Line = components['schemas']['JournalLine'];
type Account = components['schemas']['AccountBalance'];

/** The accounts of one currency, by number, and what their two sides come to. */
export function sheets(accounts: Account[]) {
  const currencies = [...new Set(accounts.map((each) => each.currency))].sort();
  return currencies.map((currency) => {
    const rows = accounts
      .filter((each) => each.currency === currency)
      .sort((one, other) => (one.account < other.account ? -1 : 1));
    const debit = rows.reduce((sum, each) => sum + each.debit, 0);
    const credit = rows.reduce((sum, each) => sum + each.credit, 0);
    return { currency, rows, debit, credit, balanced: debit === credit };
  });
}

/** The lines of a loan, entry by entry, in the order in which they came. */
export function entries(lines: Line[]) {
  const found = new Map<string, Line[]>();
  for (const line of lines) found.set(line.posting_id, [...(found.get(line.posting_id) ?? []), line]);
  return [...found.values()].map((own) => {
    const sorted = [...own].sort((one, other) => one.line - other.line);
    return { first: sorted[0] as Line, lines: sorted };
  });
}
