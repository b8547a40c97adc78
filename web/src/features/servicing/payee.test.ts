import { expect, test } from 'vitest';
import { inForce, spaced } from './payee';

const payee = (number: number, status: string, usable_at: string | null) =>
  ({ number, status, usable_at, holder: `nr ${number}` }) as Parameters<typeof inForce>[0][number];
const now = Date.parse('2026-05-04T10:00:00Z');

test('the newest that is confirmed and whose wait is over', () => {
  const payees = [
    payee(1, 'confirmed', '2026-01-01T00:00:00Z'),
    payee(2, 'confirmed', '2026-05-04T10:00:00Z'),
    payee(3, 'confirmed', '2026-05-06T00:00:00Z'),
    payee(4, 'refused', null),
    payee(5, 'proposed', null),
  ];
  expect(inForce(payees, now)?.number).toBe(2);
  expect(inForce(payees.slice(2), now)).toBeUndefined();
});

test('an account number reads in fours', () => {
  expect(spaced('FR7630006000011234567890189')).toBe('FR76 3000 6000 0112 3456 7890 189'.replaceAll(' ', '\u00a0'));
});
