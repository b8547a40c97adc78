import type { components } from '~/api/schema';
import { money, writtenAmount } from '~/lib/format';
import { readRate } from '~/lib/rate';
import { m } from '~/paraglide/messages';

export type Rate = components['schemas']['LegalRateEntry'];
export type Law = Rate['law'];
type Says = components['schemas']['RateOfLaw'];

/** The laws that put a ceiling on what a loan costs, and the currency of their amounts. */
export const CEILINGS_IN: Record<Law, string> = {
  'fr-consumer': 'EUR',
  'umoa-bank': 'XOF',
  'umoa-microfinance': 'XOF',
  'qc-consumer': 'CAD',
};
export const CAPPED = Object.keys(CEILINGS_IN) as Law[];

/** What stands in the fields of a rate, as people type it. */
export type Typed = { rate: string; above: string; up_to: string; from_on: string; until_on: string; source: string };

export const EMPTY: Typed = { rate: '', above: '', up_to: '', from_on: '', until_on: '', source: '' };

/** As the API takes it; null while the rate is none. */
export function said(typed: Typed, currency: string): Says | null {
  const rate = readRate(typed.rate);
  if (rate === null) return null;
  const amount = (written: string) => (written ? { amount: written, currency: currency as 'EUR' } : null);
  return {
    rate,
    above: amount(typed.above),
    up_to: amount(typed.up_to),
    from_on: typed.from_on,
    until_on: typed.until_on || null,
    source: typed.source,
  };
}

/** A rate that was entered, in fields: a correction begins with what was wrong. */
export const typedOf = (rate: Rate, locale: string): Typed => ({
  rate: (rate.rate / 100).toFixed(2).replace('.', locale === 'fr' ? ',' : '.'),
  above: rate.above === null ? '' : writtenAmount(rate.above, rate.currency),
  up_to: rate.up_to === null ? '' : writtenAmount(rate.up_to, rate.currency),
  from_on: rate.from_on,
  until_on: rate.until_on ?? '',
  source: rate.source,
});

/** For which amounts a rate is. */
export function bandWords({ above, up_to, currency }: Pick<Rate, 'above' | 'up_to' | 'currency'>): string {
  if (above !== null && up_to !== null)
    return m.legal_rate_between({ above: money(above, currency), up_to: money(up_to, currency) });
  if (above !== null) return m.legal_rate_above({ above: money(above, currency) });
  if (up_to !== null) return m.legal_rate_up_to({ up_to: money(up_to, currency) });
  return m.legal_rate_any();
}
