import { beforeEach, describe, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { bodyOf, emptyWish, type Offer, reachable, type Wish, wrongIn } from './wish';

const product = {
  product_id: 'p',
  currency: 'EUR',
  min_principal: 50_000,
  max_principal: 1_000_000,
  min_months: 6,
  max_months: 48,
};
const text = { consent: 'data-processing', version: 2, required: true };
const optional = { consent: 'electronic-exchange', version: 1, required: false };
const offer = { products: [product], texts: [text, optional] } as unknown as Offer;
const whole: Wish = {
  ...emptyWish(),
  product_id: 'p',
  amount: '5 000,50',
  months: '24',
  purpose: ' A kiln ',
  customer_id: 'c',
  contact_id: 'k',
  agreed: ['data-processing 2'],
};

beforeEach(() => void setLocale('en', { reload: false }));

describe('what a step lacks', () => {
  it('is nothing of a whole wish', () => {
    for (const step of ['project', 'terms', 'contact', 'agreements', 'summary'] as const)
      expect(wrongIn(step, whole, offer), step).toEqual({});
  });

  it.each([
    ['', 'Please fill in.'],
    ['much', 'This form'],
    ['499.99', 'At least €500'],
    ['10000.01', 'At most €10,000'],
  ])('an amount of “%s”', (amount, said) => {
    const { amount: error } = wrongIn('terms', { ...whole, amount }, offer);
    expect(error).toBeTruthy();
    if (said.startsWith('At')) expect(error).toContain(said);
  });

  it.each(['', '5', '49', 'two', '24.5'])('a term of “%s” months', (months) => {
    expect(wrongIn('terms', { ...whole, months }, offer).months).toBeTruthy();
  });

  it('a purpose of blanks is none', () => {
    expect(wrongIn('project', { ...whole, purpose: '    ' }, offer).purpose).toBeTruthy();
  });

  it('agreeing to an earlier version of a text is not agreeing to this one', () => {
    expect(wrongIn('agreements', { ...whole, agreed: ['data-processing 1'] }, offer).agreed).toBeTruthy();
  });
});

it('nobody gets past a step that lacks something', () => {
  expect(reachable('summary', whole, offer)).toBe('summary');
  expect(reachable('summary', { ...whole, months: '99' }, offer)).toBe('terms');
  expect(reachable('terms', emptyWish(), offer)).toBe('project');
});

it('what is sent is written as the API takes it', () => {
  const body = bodyOf(whole, offer, 'fr');
  expect(body.principal).toEqual({ amount: '5000.50', currency: 'EUR' });
  expect(body.purpose).toBe('A kiln');
  expect(body.consents).toEqual([{ consent: 'data-processing', version: 2, language: 'fr' }]);
  expect(() => bodyOf({ ...whole, amount: '' }, offer, 'fr')).toThrow();
});
