import { expect, test } from 'vitest';
import { type Clock, overOn, running } from './clocks';

const clock: Clock = {
  loan_id: 'l',
  customer_id: 'c',
  number: 2,
  name: 'no-payment',
  law: 'fr-consumer',
  source: null,
  began_on: '2026-05-24',
  ends_on: '2026-05-31',
  ended_on: null,
  ended_because: null,
  days_left: 8,
};

test('the first day after a clock is in the next month when it has to be', () => {
  expect(overOn(clock)).toBe('2026-06-01');
  expect(overOn({ ...clock, ends_on: '2026-12-31' })).toBe('2027-01-01');
});

test('a clock runs to its last day, unless it was stopped', () => {
  expect(running([clock], 'no-payment')).toBe(clock);
  expect(running([clock], 'step-back')).toBeUndefined();
  expect(running([{ ...clock, days_left: 0 }], 'no-payment')).toBeUndefined();
  expect(running([{ ...clock, ended_on: '2026-05-25', ended_because: 'stepped-back' }], 'no-payment')).toBeUndefined();
  expect(running(undefined, 'no-payment')).toBeUndefined();
});
