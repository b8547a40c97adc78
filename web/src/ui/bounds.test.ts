import { describe, expect, it } from 'vitest';
import { ApproveLoan, RequestLoan } from '~/api/operations';
import { broken } from './bounds';

const asked = { principal: { amount: '5000.00', currency: 'EUR' }, months: 24, purpose: 'Un vélo cargo' };

describe('the bounds of the API in a form', () => {
  it('finds nothing wrong with what the API takes', () => {
    expect(broken(RequestLoan.bounds, asked)).toEqual({});
  });

  it('names each field that is wrong, by the path that the API uses', () => {
    const wrong = { ...asked, principal: { amount: '5 000', currency: 'EUR' }, months: 361, purpose: 'ab' };
    expect(Object.keys(broken(RequestLoan.bounds, wrong)).sort()).toEqual(['months', 'principal.amount', 'purpose']);
  });

  it('asks for what is required, and for nothing that the form does not have', () => {
    expect(Object.keys(broken(RequestLoan.bounds, { purpose: '' }))).toEqual(['purpose']);
  });

  it('lets what may be left out be empty', () => {
    expect(broken(ApproveLoan.bounds, { rate: null, reason: '', planned_payout_on: undefined })).toEqual({});
  });
});
