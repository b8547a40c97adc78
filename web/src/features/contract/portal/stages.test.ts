import { expect, it } from 'vitest';
import { isToReturn, stageOf, wasRefused } from './stages';

const contract = (status: string, copy_refused_because: string | null = null) => ({ status, copy_refused_because });

it('goes from the draft to the signature, one stage after the other', () => {
  expect(['drafted', 'rendered', 'sent', 'returned', 'signed'].map((status) => stageOf(contract(status)))).toEqual([
    0, 1, 1, 2, 4,
  ]);
});

it('a refused copy is to be sent again; a reason of long ago does not count once it was sent', () => {
  expect(wasRefused(contract('sent', 'Page 3 is missing'))).toBe(true);
  expect(isToReturn(contract('sent', 'Page 3 is missing'))).toBe(true);
  expect(wasRefused(contract('returned', 'Page 3 is missing'))).toBe(false);
  expect(wasRefused(contract('sent'))).toBe(false);
});
