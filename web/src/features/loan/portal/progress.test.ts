import { expect, it } from 'vitest';
import { nextOf, paidParts, stateOf } from './progress';

const plan = (...states: string[]) => states.map((state, index) => ({ number: index + 1, state }));

it('the next instalment is the first that is not paid, late ones before all', () => {
  expect(nextOf(plan('paid', 'upcoming', 'upcoming'))?.number).toBe(2);
  expect(nextOf(plan('paid', 'late', 'due', 'upcoming'))?.number).toBe(2);
  expect(nextOf(plan('paid', 'nothing', 'upcoming'))?.number).toBe(3);
  expect(nextOf(plan('paid', 'paid'))).toBeUndefined();
});

it('an instalment that has fallen due says so, next or not', () => {
  expect(stateOf({ state: 'upcoming' }, true)).toBe('next');
  expect(stateOf({ state: 'upcoming' }, false)).toBe('upcoming');
  expect(stateOf({ state: 'late' }, true)).toBe('late');
});

it('counts what is paid, also what was paid ahead', () => {
  expect(paidParts(plan('paid', 'due', 'paid'))).toBe(2);
});
