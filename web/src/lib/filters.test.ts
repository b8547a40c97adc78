import { expect, it } from 'vitest';
import { day, id, someOf } from './filters';

it.each([
  ['2026-05-04', '2026-05-04'],
  ['2026-13-04', undefined],
  ['04/05/2026', undefined],
  [20260504, undefined],
])('a day of an address: %s', (written, read) => expect(day(written)).toBe(read));

it('several states keep to the list', () => {
  expect(someOf('requested,approved', ['requested', 'approved'])).toBe('requested,approved');
  expect(someOf('requested,stolen', ['requested', 'approved'])).toBe('requested');
  expect(someOf('stolen', ['requested'])).toBeUndefined();
  expect(someOf(3, ['requested'])).toBeUndefined();
});

it('an id is an id', () => {
  expect(id('10a00000-0000-4000-8000-000000000001')).toBe('10a00000-0000-4000-8000-000000000001');
  expect(id('../../me')).toBeUndefined();
});
