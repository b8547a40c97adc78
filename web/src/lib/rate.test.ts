import { expect, test } from 'vitest';
import { readRate, writtenRate } from './rate';

test.each([
  ['9,5', 950],
  ['9.50 %', 950],
  ['0', 0],
  ['12,34', 1234],
  ['1.005', null],
  ['', null],
  ['dix', null],
  ['-3', null],
])('%s', (typed, basisPoints) => {
  expect(readRate(typed)).toBe(basisPoints);
});

test('a rate is written as it is typed', () => {
  expect(writtenRate(605, 'fr')).toBe('6,05');
  expect(writtenRate(2_600, 'en')).toBe('26.00');
});
