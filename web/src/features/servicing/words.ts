import type { Described } from '~/api/use-command';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';

export const METHODS = ['transfer', 'cash', 'cheque'] as const;
export type Method = (typeof METHODS)[number];

const WORDS: Record<Method, () => string> = {
  transfer: m.servicing_transfer,
  cash: m.servicing_cash,
  cheque: m.servicing_cheque,
};

export const methodWord = (method: string) => WORDS[method as Method]?.() ?? method;

/** For a select. */
export const methodOptions = () => METHODS.map((each) => ({ value: each, label: WORDS[each]() }));

const LOAN_STATES: Record<string, () => string> = {
  approved: m.loan_approved,
  ready: m.loan_ready,
  disbursed: m.loan_disbursed,
  returning: m.loan_returning,
  repaid: m.loan_repaid,
  withdrawn: m.loan_withdrawn,
  'stepped-back': m.loan_stepped_back,
};

/** What may happen to a loan while somebody is about to pay it out, for a conflict. */
export const describePayout: Described = (field, value) => {
  const known: Record<string, [string, () => string]> = {
    status: [m.field_status(), () => LOAN_STATES[value as string]?.() ?? String(value)],
    disbursed_on: [m.field_disbursed_on(), () => date(value as string)],
    planned_payout_on: [m.servicing_planned_on(), () => date(value as string)],
  };
  const found = known[field];
  return found && { label: found[0], value: value == null ? '—' : found[1]() };
};

/** The balance of a loan as people say it, for a conflict. */
export const describeBalance =
  (currency: string): Described =>
  (field, value) => {
    const amounts: Record<string, () => string> = {
      received: m.servicing_received,
      advance: m.servicing_advance,
      principal_owed: m.servicing_owed,
    };
    const label = amounts[field];
    if (label) return { label: label(), value: money(value as number, currency) };
    return field === 'status'
      ? { label: m.field_status(), value: value === 'repaid' ? m.loan_repaid() : m.loan_disbursed() }
      : undefined;
  };
