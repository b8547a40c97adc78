import { beforeEach, describe, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { date, exponent, money, percent, rate, readAmount, writtenAmount } from './format';

beforeEach(() => void setLocale('fr', { reload: false }));
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('money', () => {
  it('counts minor units by its currency', () => {
    expect([exponent('EUR'), exponent('CAD'), exponent('XOF')]).toEqual([2, 2, 0]);
    expect(plain(money(500_050, 'EUR'))).toBe('5 000,50 €');
    expect(plain(money(500_050, 'XOF'))).toContain('500 050');
  });

  it('is said in the language of the reader', () => {
    void setLocale('en', { reload: false });
    expect(money(500_050, 'EUR')).toBe('€5,000.50');
  });

  it.each([
    ['5 000,50', 'EUR', 500_050],
    ['5000.5', 'EUR', 500_050],
    ['5\u202f000', 'XOF', 5_000],
    ['5000,50', 'XOF', null],
    ['12,345', 'EUR', null],
    ['', 'EUR', null],
    ['beaucoup', 'EUR', null],
  ])('is read as people type it: %s %s', (typed, currency, amount) => {
    expect(readAmount(typed, currency)).toBe(amount);
  });

  it.each([
    [500_050, 'EUR', '5000.50'],
    [5, 'EUR', '0.05'],
    [5_000, 'XOF', '5000'],
  ])('is written as the API takes it: %d %s', (amount, currency, written) => {
    expect(writtenAmount(amount, currency)).toBe(written);
    expect(readAmount(written, currency)).toBe(amount);
  });
});

describe('figures and days', () => {
  it('says rates in per cent', () => {
    expect(plain(rate(950))).toBe('9,50 %');
    expect(plain(percent(0.5))).toBe('50,0 %');
  });

  it('shows a day of the books as that day, wherever it is read', () => {
    expect(date('2026-05-04')).toBe('4 mai 2026');
    expect(date('2026-12-31')).toBe('31 déc. 2026');
  });
});
