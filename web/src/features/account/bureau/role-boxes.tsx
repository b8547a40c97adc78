import { Checkbox } from '@mantine/core';
import { ROLES, type Role, roleWord } from '~/app/roles';
import { m } from '~/paraglide/messages';
import '~/styles/fields.css';
import s from './account.module.css';

type Props = { value: Role[]; onChange: (roles: Role[]) => void; error?: string };

const ABOUT: Record<Role, () => string> = {
  client: m.role_client_about,
  advisor: m.role_advisor_about,
  accountant: m.role_accountant_about,
  support: m.role_support_about,
  admin: m.role_admin_about,
  auditor: m.role_auditor_about,
};

/** What somebody may do, each role in a sentence. */
export const RoleBoxes = ({ value, onChange, error }: Props) => (
  <fieldset className={s.boxes}>
    <legend>{m.account_roles()}</legend>
    {ROLES.map((role) => (
      <Checkbox
        key={role}
        label={roleWord(role)}
        description={ABOUT[role]()}
        checked={value.includes(role)}
        onChange={(event) =>
          onChange(event.currentTarget.checked ? [...value, role] : value.filter((each) => each !== role))
        }
      />
    ))}
    {error && <p className={s.error}>{error}</p>}
  </fieldset>
);
