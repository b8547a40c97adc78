import { beforeEach, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { fieldLabel, isTold } from './fields';
import { said, short } from './values';

beforeEach(() => void setLocale('fr', { reload: false }));
const people = new Map([['10a00000-0000-4000-8000-000000000001', 'Ana Ferreira']]);
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

it.each([
  ['principal', { minor: 500_050, currency: 'EUR' }, '5 000,50 €'],
  ['principal', { minor: 2_500_000, currency: 'XOF' }, '2 500 000 F CFA'],
  ['rate', 650, '6,50 %'],
  ['months', 24, '24'],
  ['value_date', '2026-05-04', '4 mai 2026'],
  ['method', 'transfer', 'Virement'],
  ['requested_by', '10a00000-0000-4000-8000-000000000001', 'Ana Ferreira'],
  ['sha256', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '9f86d081…0a08'],
  ['purpose', { masked: true }, 'Masqué'],
  ['name', { erased: true }, 'Effacé'],
  ['phone', null, '—'],
  ['applied', [], '—'],
  ['ceiling', { rate: 2100, country: 'FR', source: 'x' }, '21,00 % (FR)'],
  ['ceiling', { rate: 2400, country: '', source: 'x', law: 'umoa-microfinance' }, '24,00 % (UMOA, microfinance)'],
  ['law', 'fr-consumer', 'France, consommateur'],
  ['apr', 617, '6,17 %'],
  [
    'allocations',
    [{ number: 3, interest: { minor: 100, currency: 'EUR' }, principal: { minor: 900, currency: 'EUR' } }],
    'n° 3 : 10,00 €',
  ],
  [
    'would_lose',
    Object.fromEntries(
      ['penalty', 'fee', 'insurance', 'interest', 'principal'].map((what) => [what, { minor: 1_00, currency: 'EUR' }]),
    ),
    '5,00 €',
  ],
])('%s is said as people say it', (field, value, words) => {
  expect(plain(said(field, value, people))).toBe(words);
});

it('names fields in words, and leaves out what only leads elsewhere', () => {
  expect(fieldLabel('planned_payout_on')).toBe('Versement prévu le');
  expect(fieldLabel('a_new_field')).toBe('a_new_field');
  expect([isTold('customer_id'), isTold('reason')]).toEqual([false, true]);
});

it('shortens what is only compared', () => expect(short('9f86d081884c7d65')).toBe('9f86d081884c7d65'));
