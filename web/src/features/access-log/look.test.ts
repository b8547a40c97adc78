import { expect, test } from 'vitest';
import { accountOf, spanOf } from './look';

test('an account, and everybody else', () => {
  expect(accountOf('account:10a00000-0000-4000-8000-000000000001')).toBe('10a00000-0000-4000-8000-000000000001');
  expect(accountOf('link:abc')).toBeNull();
  expect(accountOf('nobody')).toBeNull();
});

test('the last day is within', () => {
  const { from, to } = spanOf('2026-05-04', '2026-05-04');
  expect(Date.parse(to as string) - Date.parse(from as string)).toBe(24 * 3_600_000);
  expect(spanOf(undefined, undefined)).toEqual({ from: undefined, to: undefined });
});
