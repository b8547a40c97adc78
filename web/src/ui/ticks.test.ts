import { expect, test } from 'vitest';
import { ticks } from './ticks';

test.each([
  [0, [0]],
  [1, [0, 0.25, 0.5, 0.75, 1]],
  [7, [0, 2, 4, 6, 8]],
  [100, [0, 25, 50, 75, 100]],
  [583_000, [0, 200_000, 400_000, 600_000]],
])('up to %d', (most, steps) => {
  expect(ticks(most)).toEqual(steps);
});

test('the last is never below what is drawn', () => {
  for (const most of [3, 19, 101, 999, 12_345_678]) expect(ticks(most).at(-1)).toBeGreaterThanOrEqual(most);
});
