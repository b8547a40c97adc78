import { beforeEach, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { bandWords, type Rate, said, typedOf } from './says';

beforeEach(() => void setLocale('fr', { reload: false }));
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const EUR = 'EUR';

it.each([
  [null, null, 'Tout montant'],
  [null, 300_000, 'Jusqu’à 3 000,00 €'],
  [300_000, 600_000, 'De plus de 3 000,00 € à 6 000,00 €'],
  [600_000, null, 'Au-dessus de 6 000,00 €'],
])('from %s to %s', (above, up_to, words) => {
  expect(plain(bandWords({ above, up_to, currency: EUR }))).toBe(words);
});

it('hands on what was typed as the API takes it, and leaves out what was left empty', () => {
  const typed = { rate: '15,87', above: '3000.00', up_to: '', from_on: '2026-04-01', until_on: '', source: 'JO' };
  expect(said(typed, EUR)).toEqual({
    rate: 1587,
    above: { amount: '3000.00', currency: 'EUR' },
    up_to: null,
    from_on: '2026-04-01',
    until_on: null,
    source: 'JO',
  });
  expect(said({ ...typed, rate: 'quinze' }, EUR)).toBeNull();
});

it('begins a correction with what was entered', () => {
  const rate = {
    rate: 2356,
    above: null,
    up_to: 300_000,
    currency: EUR,
    from_on: '2026-01-01',
    until_on: null,
    source: 'JO',
  };
  expect(typedOf(rate as Rate, 'fr')).toEqual({
    rate: '23,56',
    above: '',
    up_to: '3000.00',
    from_on: '2026-01-01',
    until_on: '',
    source: 'JO',
  });
});
