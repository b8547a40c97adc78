import { expect, test } from 'vitest';
import { byUrgency, longestWait, standing } from './standing';

type Consumer = Parameters<typeof standing>[0];
const consumer = (name: string, about: Partial<Consumer> = {}): Consumer => ({
  name,
  model: name,
  version: 1,
  generation: 1,
  state: 'live',
  since: null,
  position: '7',
  behind: 0,
  waited: null,
  parked: 0,
  ...about,
});

test('parked events are said before anything else', () => {
  expect(standing(consumer('a', { parked: 1, waited: 900 }))).toBe('bad');
  expect(standing(consumer('a', { waited: 31 }))).toBe('half');
  expect(standing(consumer('a', { state: 'building' }))).toBe('half');
  expect(standing(consumer('a', { state: 'retiring' }))).toBe('dash');
  expect(standing(consumer('a', { waited: 2 }))).toBe('solid');
});

test('what wants attention comes first', () => {
  const sorted = byUrgency([
    consumer('b'),
    consumer('a'),
    consumer('far', { behind: 9 }),
    consumer('stuck', { parked: 2 }),
  ]);
  expect(sorted.map((each) => each.name)).toEqual(['stuck', 'far', 'a', 'b']);
});

test('the longest wait, nothing waiting included', () => {
  const machinery = (waits: (number | null)[]) =>
    ({ consumers: waits.map((waited) => consumer('x', { waited })) }) as Parameters<typeof longestWait>[0];
  expect(longestWait(machinery([null, 3, 1]))).toBe(3);
  expect(longestWait(machinery([]))).toBe(0);
});
