import { beforeEach, describe, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { storyOf } from './story';

const client = { kind: 'client', you: true, account: null, label: null, worker: null } as const;
const machine = { kind: 'machine', you: false, account: null, label: null, worker: null } as const;
const entry = (position: string, event: string, fields: object = {}, by: object = machine) =>
  ({
    position,
    event,
    on: '2026-05-04',
    by,
    fields: Object.entries(fields).map(([field, value]) => ({ field, value })),
  }) as never;
const eur = (minor: number) => ({ minor, currency: 'EUR' });

describe('a story', () => {
  beforeEach(() => void setLocale('en', { reload: false }));

  it('goes by position, whichever history a part comes from', () => {
    const loan = [entry('9', 'Loan.Disbursed', { amount: eur(500_000) }), entry('100', 'Loan.Repaid')];
    const contract = [entry('8', 'Contract.Signed')];
    expect(storyOf(loan, contract).map((each) => each.key)).toEqual(['8', '9', '100']);
  });

  it('leaves out what something else says as well', () => {
    const whole = [entry('1', 'Contract.Drafted'), entry('2', 'Contract.Rendered'), entry('3', 'Contract.Sent')];
    expect(storyOf(whole).map((each) => each.key)).toEqual(['3']);
  });

  it('adds up what fell due, and says no amount where a part of it is hidden', () => {
    const [told, masked] = storyOf([
      entry('1', 'Servicing.InstalmentFellDue', { interest: eur(1_00), principal: eur(20_50) }),
      entry('2', 'Servicing.InstalmentFellDue', { interest: { masked: true }, principal: eur(20_50) }),
    ]);
    expect(told?.said).toContain('€21.50');
    expect(masked?.said).not.toContain('€');
  });

  it('says who, and why where there is a reason', () => {
    const [asked, refused] = storyOf([
      entry('1', 'Loan.Requested', {}, client),
      entry('2', 'Contract.SignedCopyRefused', { reason: 'Page 3 is missing' }),
    ]);
    expect(asked?.by).toBe('by you');
    expect(refused?.by).toContain('Page 3 is missing');
  });
});
