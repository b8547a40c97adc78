/** Numbers, money and dates in the reader's language; Intl alone. */
import { getLocale } from '~/paraglide/runtime';

type Formats = Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat;
const made = new Map<string, Formats>();
const tag = () => (getLocale() === 'fr' ? 'fr-FR' : 'en-GB');

function kept<T extends Formats>(name: string, make: (tag: string) => T): T {
  const key = `${tag()} ${name}`;
  const found = made.get(key) as T | undefined;
  if (found) return found;
  const fresh = make(tag());
  made.set(key, fresh);
  return fresh;
}

const numbers = (options: Intl.NumberFormatOptions) =>
  kept(JSON.stringify(options), (language) => new Intl.NumberFormat(language, options));
const dates = (options: Intl.DateTimeFormatOptions) =>
  kept(JSON.stringify(options), (language) => new Intl.DateTimeFormat(language, options));

/** Decimal places of a currency: 2 for EUR and CAD, 0 for XOF. */
export const exponent = (currency: string) =>
  numbers({ style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

const major = (minor: number, currency: string) => minor / 10 ** exponent(currency);

/** `amount` counts minor units, as everywhere in the API. */
export const money = (amount: number, currency: string) =>
  numbers({ style: 'currency', currency }).format(major(amount, currency));
/** As in a field that says the currency itself. */
export const amount = (value: number, currency: string) => {
  const places = exponent(currency);
  return numbers({ minimumFractionDigits: places, maximumFractionDigits: places }).format(major(value, currency));
};
/** Without cents; from a hundred thousand on also without the thousands, which nobody reads in a heading. */
export const moneyShort = (amount: number, currency: string) => {
  const whole = major(amount, currency);
  const notation =
    Math.abs(whole) < 100_000
      ? { maximumFractionDigits: 0 }
      : ({ notation: 'compact', maximumFractionDigits: 2 } as const);
  return numbers({ style: 'currency', currency, ...notation }).format(whole);
};
export const integer = (count: number) => numbers({}).format(count);
export const percent = (share: number, digits = 1) =>
  numbers({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share);
/** Basis points a year as people say them: 950 is 9.50 %. */
export const rate = (basisPoints: number) => percent(basisPoints / 10_000, 2);

const day = (iso: string) => new Date(`${iso.slice(0, 10)}T12:00:00Z`);
/** A day of the books (`2026-05-04`), the same wherever it is read. */
export const date = (iso: string) =>
  dates({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(day(iso));
export const longDate = (iso: string) =>
  dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(day(iso));
export const month = (iso: string) => dates({ month: 'short', timeZone: 'UTC' }).format(day(iso));
/** A moment, by the reader's clock. */
export const moment = (iso: string) =>
  dates({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
export const time = (iso: string) =>
  dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(iso));
export const bytes = (count: number) =>
  count < 1_000_000
    ? numbers({ style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 }).format(count / 1_000)
    : numbers({ style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }).format(count / 1_000_000);

/** A wait, in its largest fitting unit. */
export function duration(seconds: number): string {
  const [count, unit] =
    seconds < 120 ? [seconds, 'second'] : seconds < 7_200 ? [seconds / 60, 'minute'] : [seconds / 3_600, 'hour'];
  return numbers({ style: 'unit', unit: unit as string, maximumFractionDigits: count < 10 ? 1 : 0 }).format(
    count as number,
  );
}

/** What somebody typed as an amount, in minor units; null when it is none. Spaces and either decimal mark are fine. */
export function readAmount(text: string, currency: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  const places = exponent(currency);
  if (!new RegExp(`^\\d{1,13}(\\.\\d{0,${places}})?$`).test(plain)) return null;
  const [whole = '0', part = ''] = plain.split('.');
  return Number(`${whole}${part.padEnd(places, '0')}`);
}

/** Minor units as the API takes a written amount: `"5000.00"`. */
export function writtenAmount(amount: number, currency: string): string {
  const places = exponent(currency);
  const digits = String(amount).padStart(places + 1, '0');
  return places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
}
