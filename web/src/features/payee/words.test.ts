import { beforeEach, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { destination, inForce, type Payee, payeeState, spaced } from './words';

beforeEach(() => void setLocale('en', { reload: false }));

const NOW = Date.parse('2026-05-04T12:00:00Z');
const payee = (number: number, status: string, usable_at: string | null = null) =>
  ({ number, status, usable_at, destination: 'bank-account', iban: 'FR7630006000011234567890189' }) as Payee;
const old = payee(1, 'confirmed', '2026-05-01T00:00:00Z');
const waiting = payee(2, 'confirmed', '2026-05-05T00:00:00Z');

it('transfers go to the latest whose wait is over', () => {
  expect(inForce([old, waiting], NOW)?.number).toBe(1);
  expect(inForce([old, waiting], NOW + 86_400_000)?.number).toBe(2);
  expect(inForce([payee(1, 'proposed')], NOW)).toBeUndefined();
});

it('says how far each proposal is', () => {
  const said = (each: Payee) => payeeState(each, old, NOW).tone;
  expect([said(old), said(waiting), said(payee(3, 'proposed')), said(payee(4, 'refused'))]).toEqual([
    'solid',
    'half',
    'accent',
    'dash',
  ]);
  expect(payeeState(old, waiting, NOW).tone).toBe('ring');
});

it('writes a destination as people read it', () => {
  expect(spaced('FR7630006000011234567890189').replaceAll('\u00a0', ' ')).toBe('FR76 3000 6000 0112 3456 7890 189');
  const wave = { destination: 'mobile-money', iban: null, operator: 'Wave', phone: '+2250700000000' };
  expect(destination(wave)).toBe('Wave +2250700000000');
});
