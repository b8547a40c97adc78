import type { components } from '~/api/schema';
import { readAmount, writtenAmount } from '~/lib/format';
import { readRate } from '~/lib/rate';
import type { Currency } from './terms';

/** What depends on the calendar, as it is typed. */
export type Days = {
  drawdowns: { on: string; amount: string }[];
  fixings: { on: string; rate: string }[];
  holidays: { on: string }[];
};
export const NO_DAYS: Days = { drawdowns: [], fixings: [], holidays: [] };

type Asked = Pick<components['schemas']['LoanToSimulate'], 'drawdowns' | 'fixings' | 'holidays'>;

/** The same as the API takes it; null while a row has no day or no number. */
export function readDays(days: Days, currency: Currency): Asked | null {
  const drawdowns = days.drawdowns.map(({ on, amount }) => {
    const minor = readAmount(amount, currency);
    return on && minor ? { on, amount: { amount: writtenAmount(minor, currency), currency } } : null;
  });
  const fixings = days.fixings.map(({ on, rate }) => {
    const points = readRate(rate);
    return on && points !== null ? { on, rate: points } : null;
  });
  const holidays = days.holidays.map(({ on }) => on || null);
  if ([...drawdowns, ...fixings, ...holidays].includes(null)) return null;
  const whole = <Row>(rows: (Row | null)[]) => rows.filter((row): row is Row => row !== null);
  return { drawdowns: whole(drawdowns), fixings: whole(fixings), holidays: whole(holidays) };
}
