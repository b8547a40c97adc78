import type { components } from '~/api/schema';
import { date, integer, money } from '~/lib/format';
import { m } from '~/paraglide/messages';

export type Version = Pick<
  components['schemas']['ScheduleVersion'],
  'number' | 'on' | 'why' | 'after' | 'currency' | 'lines'
>;
type Line = Version['lines'][number];

export const totalOf = (line: Line) => line.interest + line.principal + line.fee + line.insurance;

const WHY: Record<Version['why'], () => string> = {
  agreed: m.my_change_agreed,
  drawdown: m.my_change_drawdown,
  'repaid-in-part': m.my_change_repaid_in_part,
  'repaid-in-full': m.my_change_repaid_in_full,
  rescheduled: m.my_change_rescheduled,
  'payment-holiday': m.my_change_payment_holiday,
  'due-day-changed': m.my_change_due_day_changed,
  'rate-reset': m.my_change_rate_reset,
  accelerated: m.my_change_accelerated,
};

/** Why a schedule took the place of another; nothing for a word of a newer back end. */
export const reasonOf = ({ why }: Version) => WHY[why]?.() ?? '';

/** What a schedule changed of the one before it, in sentences; only what is different is said. */
export function changesOf(before: Version, now: Version): string[] {
  const [was, is] = [comingOf(before, now.after), comingOf(now, now.after)];
  const said: string[] = [];
  const say = <Value>(
    one: Value | undefined,
    other: Value | undefined,
    sentence: (before: Value, after: Value) => string,
  ) => {
    if (one !== other && one !== undefined && other !== undefined) said.push(sentence(one, other));
  };
  const day = (lines: Line[]) => mostOf(lines.map((line) => Number(line.due_on.slice(8))));
  const amount = (lines: Line[]) => mostOf(lines.map(totalOf));
  const interest = (version: Version) => version.lines.reduce((sum, line) => sum + line.interest, 0);
  say(day(was), day(is), (one, other) => m.my_change_day({ before: String(one), after: String(other) }));
  say(was[0]?.due_on, is[0]?.due_on, (one, other) => m.my_change_next({ before: date(one), after: date(other) }));
  say(amount(was), amount(is), (one, other) =>
    m.my_change_amount({ before: money(one, before.currency), after: money(other, now.currency) }),
  );
  say(before.lines.length, now.lines.length, (one, other) =>
    m.my_change_count({ before: integer(one), after: integer(other) }),
  );
  say(before.lines.at(-1)?.due_on, now.lines.at(-1)?.due_on, (one, other) =>
    m.my_change_last({ before: date(one), after: date(other) }),
  );
  say(interest(before), interest(now), (one, other) =>
    m.my_change_interest({ before: money(one, before.currency), after: money(other, now.currency) }),
  );
  return said;
}

/** The instalments that the change could touch. */
const comingOf = (version: Version, after: number) => version.lines.filter((line) => line.number > after);

/** What stands there most often, the first of several: a clipped day and a last amount are no rule. */
function mostOf(values: number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<[number | undefined, number]>(
    (most, each) => (each[1] > most[1] ? each : most),
    [undefined, 0],
  )[0];
}
