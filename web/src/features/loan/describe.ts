import type { Described } from '~/api/use-command';
import { date, money, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { loanStatus } from './words';

/** The fields of a loan as people say them: for a conflict, and for its history. */
export const describeLoan =
  (currency: string): Described =>
  (field, value) => {
    const said = value as never;
    const known: Record<string, [string, () => string]> = {
      status: [m.field_status(), () => loanStatus(said)],
      principal: [m.field_principal(), () => money(said, currency)],
      months: [m.field_months(), () => String(said)],
      rate: [m.field_rate(), () => rate(said)],
      purpose: [m.field_purpose(), () => said],
      approved_on: [m.field_approved_on(), () => date(said)],
      disbursed_on: [m.field_disbursed_on(), () => date(said)],
      repaid_on: [m.field_repaid_on(), () => date(said)],
    };
    const found = known[field];
    return found && { label: found[0], value: value == null ? '—' : found[1]() };
  };
