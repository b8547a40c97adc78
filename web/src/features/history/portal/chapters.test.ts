import { expect, it } from 'vitest';
import type { Entry } from '../fold';
import { chaptersOf, together } from './chapters';

const by = { kind: 'machine', you: false, account: null, label: null, worker: null };
const entry = (position: string, event: string) =>
  ({ position, event, on: '2026-05-04', by, fields: [], changes: [], number: 1 }) as unknown as Entry;

const LOAN = [entry('1', 'Loan.Requested'), entry('2', 'Loan.Approved'), entry('10', 'Loan.ContractSigned')];
const CONTRACT = [entry('3', 'Contract.Drafted'), entry('4', 'Contract.Sent'), entry('9', 'Contract.Signed')];

it('two histories are one, numbered as things happened', () => {
  const all = together(LOAN, CONTRACT);
  expect(all.map((each) => each.position)).toEqual(['1', '2', '3', '4', '9', '10']);
  expect(all.map((each) => each.number)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('what is not told belongs to what was told before it', () => {
  const chapters = chaptersOf(together(LOAN, CONTRACT));
  expect(chapters.map(({ version, until }) => [version, until])).toEqual([
    [1, 1],
    [2, 3], // the draft follows from the approval
    [3, 4],
    [4, 6], // as the loan takes note of its signed contract
  ]);
});
