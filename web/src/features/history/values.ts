import { countryName } from '~/lib/countries';
import { date, integer, moment, money, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { type Law, lawWord } from '~/ui/law';
import type { Json } from './fold';

type Amount = { minor: number; currency: string };
type Part = { number?: number; interest: Amount; principal: Amount } & {
  [what in 'penalty' | 'fee' | 'insurance']?: Amount | null;
};

export const isAmount = (value: unknown): value is Amount =>
  typeof value === 'object' && value !== null && 'minor' in value && 'currency' in value;
export const isPart = (value: unknown): value is Part =>
  typeof value === 'object' &&
  value !== null &&
  isAmount((value as Part).interest) &&
  isAmount((value as Part).principal);

export const amount = (value: Amount) => money(value.minor, value.currency);
const COMPONENTS = ['penalty', 'fee', 'insurance', 'interest', 'principal'] as const;
/** Of a part of an instalment, or of all that is owed by what it is owed for. */
export const partTotal = (part: Part): Amount => ({
  minor: COMPONENTS.map((what) => part[what]?.minor ?? 0).reduce((sum, minor) => sum + minor),
  currency: part.interest.currency,
});

/** A long hash or id, short enough to compare with the eye. */
export const short = (hex: string) => (hex.length > 16 ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : hex);

const CODES: Record<string, () => string> = {
  transfer: m.method_transfer,
  cash: m.method_cash,
  cheque: m.method_cheque,
  fr: m.language_fr,
  en: m.language_en,
  person: m.nature_person,
  company: m.nature_company,
  'bank-account': m.payee_bank_account,
  'mobile-money': m.payee_mobile_money,
  'counter-offer': m.clock_counter_offer,
  offer: m.clock_offer,
  'no-payment': m.clock_no_payment,
  'step-back': m.clock_step_back,
  'capital-back': m.clock_capital_back,
  time: m.clock_ended_time,
  signed: m.clock_ended_signed,
  'stepped-back': m.clock_ended_stepped_back,
  replaced: m.clock_ended_replaced,
  answered: m.clock_ended_answered,
  returned: m.clock_ended_returned,
};
const NAMED = new Set(['method', 'language', 'nature', 'destination', 'clock', 'because']);
const RATES = new Set(['rate', 'apr']);

/** One value as people say it: an amount, a day, a rate, somebody's name. */
export function said(field: string, value: unknown, people: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined || value === '') return '—';
  if (isAmount(value)) return amount(value);
  if (Array.isArray(value)) return value.length === 0 ? '—' : value.map((each) => listed(field, each)).join(', ');
  if (typeof value === 'object') return saidObject(field, value as { [key: string]: Json });
  if (typeof value === 'boolean') return value ? m.yes() : m.no();
  if (typeof value === 'number') return RATES.has(field) ? rate(value) : integer(value);
  const text = String(value);
  if (field === 'law') return lawWord(text as Law);
  if (field === 'country') return countryName(text);
  if (NAMED.has(field)) return CODES[text]?.() ?? text;
  if (people.has(text)) return people.get(text) as string;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return date(text);
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return moment(text);
  return /^[0-9a-f-]{32,}$/i.test(text) ? short(text) : text;
}

function saidObject(field: string, value: { [key: string]: Json }): string {
  if (value.masked === true) return m.value_masked();
  if (value.erased === true) return m.value_erased();
  if (isPart(value)) return listed(field, value);
  if (field === 'ceiling' && typeof value.rate === 'number')
    return `${rate(value.rate)} (${value.law === undefined ? value.country : lawWord(value.law as Law)})`;
  if (field === 'lender' && typeof value.legal_name === 'string') return value.legal_name;
  if (typeof value.consent === 'string') return m.consent_information();
  return JSON.stringify(value);
}

/** One of several: a part of an instalment, a text that was agreed to. */
function listed(field: string, value: Json): string {
  if (isPart(value)) {
    const total = amount(partTotal(value));
    return value.number === undefined ? total : m.instalment_part({ number: integer(value.number), amount: total });
  }
  const one = value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  if (typeof one.name === 'string' && typeof one.ends_on === 'string')
    return m.clock_until({ name: CODES[one.name]?.() ?? one.name, day: date(one.ends_on) });
  if (typeof one.consent === 'string')
    return one.consent === 'data-processing' ? m.consent_data() : m.consent_electronic();
  return said(field, value, new Map());
}
