import type { components } from '~/api/schema';

type Entry = Pick<
  components['schemas']['ScheduleEntry'],
  'number' | 'due_on' | 'interest' | 'principal' | 'interest_paid' | 'principal_paid' | 'fell_due'
>;
export type Part = { number: number; due_on: string; interest: number; principal: number };

const openOf = (entry: Entry) => entry.interest - entry.interest_paid + entry.principal - entry.principal_paid;

/** What an amount would pay, as the API says it does: the oldest instalment that fell due first, its interest before its
    principal; what is more than is due is kept as an advance. Only shown before it is sent, never sent. */
export function allotment(amount: number, schedule: Entry[]): { parts: Part[]; advance: number } {
  let left = amount;
  const parts: Part[] = [];
  for (const entry of [...schedule].sort((one, other) => one.number - other.number)) {
    if (!entry.fell_due) continue;
    const interest = Math.min(left, entry.interest - entry.interest_paid);
    const principal = Math.min(left - interest, entry.principal - entry.principal_paid);
    if (interest + principal === 0) continue;
    parts.push({ number: entry.number, due_on: entry.due_on, interest, principal });
    left -= interest + principal;
  }
  return { parts, advance: left };
}

/** The amounts that somebody most often pays: all that fell due, the next instalment, or everything. None is zero. */
export function usualAmounts(schedule: Entry[], advance: number): { fallen: number; next: number; all: number } {
  const sum = (entries: Entry[]) => entries.reduce((total, each) => total + openOf(each), 0);
  const ahead = schedule.filter((entry) => !entry.fell_due).sort((one, other) => one.number - other.number);
  return {
    fallen: sum(schedule.filter((entry) => entry.fell_due)),
    next: Math.max(0, sum(ahead.slice(0, 1)) - advance),
    all: Math.max(0, sum(schedule) - advance),
  };
}
