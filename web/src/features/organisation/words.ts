import type { Described } from '~/api/use-command';
import { m } from '~/paraglide/messages';

export const OPERATIONS = ['loan.approve', 'loan.disburse'] as const;
export const LIMITED_ROLES = ['advisor', 'accountant'] as const;
export const CURRENCIES = ['EUR', 'CAD', 'USD', 'CDF', 'XOF', 'XAF', 'GNF'] as const;

export const operationWord = (operation: string) =>
  operation === 'loan.approve' ? m.organisation_approves() : m.organisation_pays_out();

/** “PCG · plan comptable général, France”. */
export const chartWord = (chart: string) =>
  chart === 'SYSCOHADA' ? m.organisation_chart_syscohada() : m.organisation_chart_pcg();

/** Its fields as people say them, for a conflict; of a proposal and of limits, that there are others: they are read on the page. */
export const describeOrganisation: Described = (field, value) => {
  const policy = () => (value === 'four-eyes' ? m.organisation_four_eyes() : m.organisation_single_operator());
  const known: Record<string, [string, (() => string)?]> = {
    legal_name: [m.organisation_legal_name()],
    legal_form: [m.organisation_legal_form()],
    registration: [m.organisation_registration()],
    registered_office: [m.organisation_office()],
    country: [m.organisation_country()],
    contact_line: [m.organisation_contact()],
    return_address: [m.organisation_return()],
    policy: [m.organisation_policy(), policy],
    chart: [m.organisation_chart(), () => chartWord(String(value))],
    proposal: [m.organisation_proposed(), () => m.organisation_proposed_number({ number: String(value) })],
  };
  const found = known[field];
  return found && { label: found[0], value: value == null ? '—' : (found[1]?.() ?? String(value)) };
};
