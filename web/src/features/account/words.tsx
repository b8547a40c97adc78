import type { Described } from '~/api/use-command';
import { roleWord } from '~/app/roles';
import { m } from '~/paraglide/messages';
import { Status } from '~/ui/status';

/** Where an account stands: invited and not yet in, open, or closed. */
export function AccountStatusMark({
  account,
}: {
  account: { status: string; invited: boolean; has_password: boolean };
}) {
  if (account.status === 'closed') return <Status tone="dash">{m.account_closed()}</Status>;
  if (account.invited && !account.has_password) return <Status tone="ring">{m.account_invited()}</Status>;
  return <Status tone="solid">{m.account_open()}</Status>;
}

export const factorWord = (kind: string) => (kind === 'totp' ? m.account_totp() : m.account_passkey());

/** The fields of an account as people say them, for a conflict. */
export const describeAccount: Described = (field, value) => {
  const said = value as never;
  const count = () => String((value as unknown[]).length);
  const known: Record<string, [string, () => string]> = {
    label: [m.account_label(), () => said],
    email: [m.email(), () => said],
    status: [m.field_status(), () => (value === 'closed' ? m.account_closed() : m.account_open())],
    roles: [m.account_roles(), () => (value as string[]).map(roleWord).join(', ')],
    customers: [m.account_customers(), count],
    portfolio: [m.account_portfolio(), count],
    factors: [m.account_factors(), count],
    keys: [m.account_keys(), count],
  };
  const found = known[field];
  return found && { label: found[0], value: value == null ? '—' : found[1]() };
};
