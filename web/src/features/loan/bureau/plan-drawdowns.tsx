import { Button } from '@mantine/core';
import { readAmount, writtenAmount } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { DateInput, MoneyInput } from '~/ui/form';

/** A drawdown as it is typed; `id` only tells the rows apart. */
export type Typed = { id: number; on: string; amount: string };
type Props = { currency: string; rows: Typed[]; onChange: (rows: Typed[]) => void; wrong: string | null };

/** The days on which parts of the principal leave, for a loan that is not paid out at once. */
export function PlanDrawdowns({ currency, rows, onChange, wrong }: Props) {
  const change = (id: number, to: Partial<Typed>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...to } : row)));
  const another = () => onChange([...rows, { id: Math.max(0, ...rows.map((row) => row.id)) + 1, on: '', amount: '' }]);
  return (
    <fieldset className="stack">
      <legend>{m.drawdowns()}</legend>
      <p className="mute">{rows.length ? m.drawdowns_check_about() : m.drawdowns_none_about()}</p>
      {rows.map((row, at) => (
        <div key={row.id} className="columns">
          <DateInput
            label={m.drawdown_planned_on({ number: String(at + 1) })}
            required
            value={row.on}
            onChange={(on) => change(row.id, { on })}
          />
          <MoneyInput
            label={m.field_amount()}
            required
            currency={currency}
            value={row.amount}
            onChange={(amount) => change(row.id, { amount })}
          />
        </div>
      ))}
      {wrong && <p role="alert">{wrong}</p>}
      <div>
        <Button variant="default" onClick={another}>
          {m.drawdowns_add()}
        </Button>
        {rows.length > 0 && (
          <Button variant="subtle" onClick={() => onChange(rows.slice(0, -1))}>
            {m.drawdowns_remove()}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

/** What keeps the rows from making the loan, in words; null when they do, or there are none. */
export function wrongPlan(rows: Typed[], principal: number, currency: string): string | null {
  if (rows.length === 0) return null;
  const amounts = rows.map((row) => readAmount(row.amount, currency));
  if (rows.some((row) => !row.on) || amounts.some((amount) => !amount)) return m.drawdowns_incomplete();
  const sum = amounts.reduce<number>((before, amount) => before + (amount ?? 0), 0);
  return sum === principal ? null : m.drawdowns_sum();
}

/** The rows as the API takes them. */
export const written = <C extends string>(rows: Typed[], currency: C) =>
  rows.map(({ on, amount }) => ({
    on,
    amount: { amount: writtenAmount(readAmount(amount, currency) ?? 0, currency), currency },
  }));

/** The rows as they are reckoned with; minor units. */
export const drawn = (rows: Typed[], currency: string) =>
  rows.map(({ on, amount }) => ({ on, minor: readAmount(amount, currency) ?? 0 }));
