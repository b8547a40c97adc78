import { describe, expect, it } from 'vitest';
import { approvalOf } from './approval';

const loan = { requested_by: 'awa', customer_id: 'customer', principal: 500_000, currency: 'EUR' };
const me = { account_id: 'ana', roles: ['advisor'], customers: null };
const limit = (role: string, each: number, currency = 'EUR') => ({
  operation: 'loan.approve',
  role,
  currency,
  each,
  daily: null,
});
const house = { policy: 'four-eyes', limits: [limit('advisor', 400_000), limit('admin', 900_000)] };

describe('who may approve', () => {
  it('nobody above the highest limit of their roles', () => {
    expect(approvalOf(loan, me, house)).toMatchObject({ limit: 400_000, above: true, own: false });
    expect(approvalOf(loan, { ...me, roles: ['advisor', 'admin'] }, house).above).toBe(false);
  });

  it('nothing where no limit is set in the currency', () => {
    expect(approvalOf({ ...loan, currency: 'XOF' }, me, house)).toMatchObject({ limit: 0, above: true });
  });

  it('nobody on a request of their own, except alone and with a reason', () => {
    const asker = { ...me, account_id: 'awa' };
    expect(approvalOf(loan, asker, house)).toMatchObject({ own: true, alone: false });
    expect(approvalOf(loan, asker, { ...house, policy: 'single-operator' })).toMatchObject({ own: true, alone: true });
  });

  it('a portfolio of staff is no interest of their own', () => {
    expect(approvalOf(loan, { ...me, customers: ['customer'] }, house).own).toBe(false);
  });
});
