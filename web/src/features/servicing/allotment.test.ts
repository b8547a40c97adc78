import { expect, test } from 'vitest';
import { allotment, usualAmounts } from './allotment';

const instalment = (number: number, fell_due: boolean, paid = { interest: 0, principal: 0 }) => ({
  number,
  due_on: `2026-0${number}-05`,
  interest: 10,
  principal: 90,
  interest_paid: paid.interest,
  principal_paid: paid.principal,
  fell_due,
});
const schedule = [
  instalment(3, false),
  instalment(2, true),
  instalment(1, true, { interest: 10, principal: 40 }),
  instalment(4, false),
];

test('the oldest first, its interest before its principal', () => {
  expect(allotment(65, schedule)).toEqual({
    parts: [
      { number: 1, due_on: '2026-01-05', interest: 0, principal: 50 },
      { number: 2, due_on: '2026-02-05', interest: 10, principal: 5 },
    ],
    advance: 0,
  });
});

test('what is more than fell due is an advance, never a later instalment', () => {
  const { parts, advance } = allotment(400, schedule);
  expect(parts.map((part) => part.number)).toEqual([1, 2]);
  expect(advance).toBe(250);
});

test('nothing paid, or nothing due', () => {
  expect(allotment(0, schedule)).toEqual({ parts: [], advance: 0 });
  expect(allotment(30, [instalment(1, false)])).toEqual({ parts: [], advance: 30 });
});

test('the parts and the advance are the amount, always', () => {
  for (const amount of [1, 49, 50, 51, 60, 149, 150, 151, 9_999]) {
    const { parts, advance } = allotment(amount, schedule);
    expect(parts.reduce((sum, part) => sum + part.interest + part.principal, advance)).toBe(amount);
  }
});

test('usual amounts take off what is paid already, in advance too', () => {
  expect(usualAmounts(schedule, 0)).toEqual({ fallen: 150, next: 100, all: 350 });
  expect(usualAmounts([instalment(1, false), instalment(2, false)], 120)).toEqual({ fallen: 0, next: 0, all: 80 });
});
