import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { OpenAccount } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import type { Role } from '~/app/roles';
import { m } from '~/paraglide/messages';
import { limits, showErrors, useFields } from '~/ui/form';
import { AccountDialog } from './account-dialog';
import { CustomerPicker } from './customer-picker';
import { RoleBoxes } from './role-boxes';

/** Lets somebody sign in; an invitation goes to their address. */
export function OpenAccountDialog({ onClose }: { onClose: () => void }) {
  const open = useCommand(OpenAccount);
  const [account_id] = useState<string>(() => crypto.randomUUID());
  const [roles, setRoles] = useState<Role[]>([]);
  const [customers, setCustomers] = useState<string[]>([]);
  const form = useFields(OpenAccount, { account_id, label: '', email: '', language: 'fr' as 'fr' | 'en', roles: 'x' });
  const client = roles.includes('client');
  const send = form.onSubmit(async ({ label, email, language }) => {
    if (roles.length === 0) return form.setErrors({ roles: m.account_roles_none() });
    const body = { account_id, label, email: email || null, language, roles, customers: client ? customers : [] };
    if (await open.send({ body })) onClose();
    else showErrors(form, open.problem);
  });
  return (
    <AccountDialog
      title={m.account_open_one()}
      does={m.account_invite()}
      command={open}
      onSend={() => send()}
      onClose={onClose}
      wide
    >
      <TextInput
        label={m.account_label()}
        data-autofocus
        {...limits(OpenAccount, 'label')}
        {...form.getInputProps('label')}
      />
      <TextInput
        type="email"
        label={m.email()}
        description={m.account_email_about()}
        {...limits(OpenAccount, 'email')}
        {...form.getInputProps('email')}
      />
      <NativeSelect
        label={m.account_language()}
        data={[
          { value: 'fr', label: 'Français' },
          { value: 'en', label: 'English' },
        ]}
        {...form.getInputProps('language')}
      />
      <RoleBoxes value={roles} onChange={setRoles} error={form.errors.roles as string | undefined} />
      {client && <CustomerPicker label={m.account_customers()} value={customers} onChange={setCustomers} />}
    </AccountDialog>
  );
}
