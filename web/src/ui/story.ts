import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { isTold, ownTitle, whoDid } from './told';

type Entry = Pick<components['schemas']['HistoryEntry'], 'event' | 'on' | 'position' | 'by'> & {
  fields: { field: string; value: unknown }[];
};
export type Told = { key: string; said: string; by?: string; at: string; kind: Entry['by']['kind'] };

/** Several histories as one, the oldest first, in the words of whoever borrows. */
export const storyOf = (...histories: Entry[][]): Told[] =>
  histories
    .flat()
    .filter((entry) => isTold(entry.event))
    .sort((one, other) => (BigInt(one.position) < BigInt(other.position) ? -1 : 1))
    .map((entry) => ({
      key: entry.position,
      said: titleOf(entry),
      by: underneath(entry),
      at: date(entry.on),
      kind: entry.by.kind,
    }));

function titleOf(entry: Entry): string {
  const title = ownTitle(entry.event);
  const amount = amountOf(entry);
  return amount ? m.story_amount({ title, amount }) : title;
}

function amountOf({ event, fields }: Entry): string | null {
  const value = (name: string) => fields.find((each) => each.field === name)?.value;
  if (event === 'Servicing.InstalmentFellDue') return sum(value('interest'), value('principal'));
  if (event === 'Loan.Requested') return sum(value('principal'));
  return sum(value('amount'));
}

type Money = { minor: number; currency: string };
const isMoney = (value: unknown): value is Money => typeof value === 'object' && value !== null && 'minor' in value;

function sum(...amounts: unknown[]): string | null {
  const known = amounts.filter(isMoney);
  if (known.length === 0 || known.length < amounts.length) return null;
  return money(
    known.reduce((total, each) => total + each.minor, 0),
    known[0]?.currency as string,
  );
}

function underneath({ by, fields }: Entry): string | undefined {
  const reason = fields.find((each) => each.field === 'reason')?.value;
  if (typeof reason === 'string') return m.story_reason({ reason });
  return whoDid(by);
}
