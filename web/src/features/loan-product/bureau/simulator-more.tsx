import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { m } from '~/paraglide/messages';
import { DateInput, MoneyInput } from '~/ui/form';
import type { Currency } from '../terms';
import type { Days } from '../wish';
import s from './loan-product.module.css';

type MoreProps = { days: Days; currency: Currency; variable: boolean; onChange: (days: Days) => void };

/** What depends on the calendar: money that leaves in several parts, values of an index, holidays that are proclaimed. */
export function SimulatorMore({ days, currency, variable, onChange }: MoreProps) {
  return (
    <>
      <Several
        title={m.simulator_drawdowns()}
        about={m.simulator_drawdowns_about()}
        rows={days.drawdowns}
        fresh={{ on: '', amount: '' }}
        onChange={(drawdowns) => onChange({ ...days, drawdowns })}
        more={(row, set) => (
          <MoneyInput
            label={m.simulator_amount()}
            currency={currency}
            value={row.amount}
            onChange={(amount) => set({ ...row, amount })}
          />
        )}
      />
      <Several
        title={m.simulator_fixings()}
        about={variable ? m.simulator_fixings_about() : m.simulator_fixings_none()}
        rows={days.fixings}
        fresh={{ on: '', rate: '' }}
        onChange={(fixings) => onChange({ ...days, fixings })}
        more={(row, set) => (
          <TextInput
            label={m.simulator_fixing()}
            inputMode="decimal"
            autoComplete="off"
            rightSection="%"
            value={row.rate}
            onChange={(event) => set({ ...row, rate: event.currentTarget.value })}
          />
        )}
      />
      <Several
        title={m.simulator_holidays()}
        about={m.simulator_holidays_about()}
        rows={days.holidays}
        fresh={{ on: '' }}
        onChange={(holidays) => onChange({ ...days, holidays })}
      />
    </>
  );
}

type SeveralProps<Row extends { on: string }> = {
  title: string;
  about: string;
  rows: Row[];
  fresh: Row;
  onChange: (rows: Row[]) => void;
  /** What a row says beside its day. */
  more?: (row: Row, set: (row: Row) => void) => ReactNode;
};

/** Days, as many as there are, behind a line that opens. */
function Several<Row extends { on: string }>({ title, about, rows, fresh, onChange, more }: SeveralProps<Row>) {
  const put = (at: number, row: Row) => onChange(rows.map((each, index) => (index === at ? row : each)));
  return (
    <details className={s.more}>
      <summary>{rows.length > 0 ? `${title} (${rows.length})` : title}</summary>
      <div className="stack">
        <p className="mute">{about}</p>
        {rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by their place alone
          <div key={at} className={s.several}>
            <DateInput label={m.simulator_day()} value={row.on} onChange={(on) => put(at, { ...row, on })} />
            {more?.(row, (next) => put(at, next))}
            <Button
              variant="default"
              aria-label={m.simulator_remove_nth({ number: String(at + 1) })}
              onClick={() => onChange(rows.filter((_, index) => index !== at))}
            >
              {m.simulator_remove()}
            </Button>
          </div>
        ))}
        <div>
          <Button variant="default" onClick={() => onChange([...rows, fresh])}>
            {m.simulator_add()}
          </Button>
        </div>
      </div>
    </details>
  );
}
