import { expect, test } from 'vitest';
import { fresh } from './fresh';

const at = (...positions: string[]) => positions.map((position) => ({ position }));

test('what came since the pause is counted, by position and not by place', () => {
  expect(fresh(at('12', '11', '10'), at('10', '9'))).toBe(2);
  expect(fresh(at('10', '9'), at('10', '9'))).toBe(0);
});

test('positions are compared as numbers, however large', () => {
  expect(fresh(at('9007199254740995', '1000'), at('9007199254740993'))).toBe(1);
  expect(fresh(at('100'), at('99'))).toBe(1);
});

test('nothing is new while nothing is held; held while empty, everything is', () => {
  expect(fresh(at('2', '1'), null)).toBe(0);
  expect(fresh(at('2', '1'), [])).toBe(2);
});
