import { expect, test } from 'vitest';
import type { Positions } from '~/api/seen';
import { unread } from './news';

const heard = new Map<string, Positions>([
  ['loan', { '3': '4295098369' }],
  ['contract', { '7': '20' }],
]);

test('what a list was read after is no news, whoever did it', () => {
  expect([...unread(heard, { '3': '4295098369', '7': '19' }).keys()]).toEqual(['contract']);
  expect(unread(heard, { '3': '4295098370', '7': '20' }).size).toBe(0);
});

test('whatever cannot be placed is news: nothing is known of a lane, or of any', () => {
  expect([...unread(heard, { '7': '20' }).keys()]).toEqual(['loan']);
  expect(unread(heard, {}).size).toBe(2);
});

test('positions are larger than the numbers of a script', () => {
  const far = new Map([['loan', { '3': '9007199254740993' }]]);
  expect(unread(far, { '3': '9007199254740992' }).size).toBe(1);
});

test('a change of two lanes is read when both are', () => {
  const both = new Map([['loan', { '1': '5', '2': '9' }]]);
  expect(unread(both, { '1': '5', '2': '8' }).size).toBe(1);
  expect(unread(both, { '1': '5', '2': '9' }).size).toBe(0);
});
