import { Checkbox, Textarea } from '@mantine/core';
import { useState } from 'react';
import { ChangeAccountCustomers, ChangePortfolio, ChangeRoles, CloseAccount } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import type { Role } from '~/app/roles';
import { m } from '~/paraglide/messages';
import { limits } from '~/ui/form';
import { AccountDialog, changing, type Props } from './account-dialog';
import { CustomerPicker } from './customer-picker';
import { RoleBoxes } from './role-boxes';

/** Lets it do more, or less. */
export function RolesDialog({ account, onClose }: Props) {
  const change = useCommand(ChangeRoles);
  const [roles, setRoles] = useState(account.roles as Role[]);
  const send = async () => {
    if (await change.send({ ...changing(account), body: { roles } })) onClose();
  };
  return (
    <AccountDialog
      title={m.account_roles_change()}
      does={m.account_save()}
      command={change}
      onSend={() => void send()}
      onClose={onClose}
      wide
    >
      <RoleBoxes value={roles} onChange={setRoles} />
    </AccountDialog>
  );
}

/** The customers that a client acts for. */
export function CustomersDialog({ account, onClose }: Props) {
  const change = useCommand(ChangeAccountCustomers);
  const [customers, setCustomers] = useState(account.customers);
  const send = async () => {
    if (await change.send({ ...changing(account), body: { customers } })) onClose();
  };
  return (
    <AccountDialog
      title={m.account_customers()}
      does={m.account_save()}
      command={change}
      onSend={() => void send()}
      onClose={onClose}
    >
      <CustomerPicker label={m.account_customers()} value={customers} onChange={setCustomers} />
    </AccountDialog>
  );
}

/** Which files a member of staff sees: everybody's, or those of some customers. */
export function PortfolioDialog({ account, onClose }: Props) {
  const change = useCommand(ChangePortfolio);
  const [everybody, setEverybody] = useState(account.portfolio === null);
  const [portfolio, setPortfolio] = useState(account.portfolio ?? []);
  const send = async () => {
    const body = { portfolio: everybody ? null : portfolio };
    if (await change.send({ ...changing(account), body })) onClose();
  };
  return (
    <AccountDialog
      title={m.account_portfolio()}
      does={m.account_save()}
      command={change}
      onSend={() => void send()}
      onClose={onClose}
    >
      <Checkbox
        label={m.account_everybody()}
        checked={everybody}
        onChange={(event) => setEverybody(event.currentTarget.checked)}
      />
      {!everybody && <CustomerPicker label={m.account_portfolio()} value={portfolio} onChange={setPortfolio} />}
    </AccountDialog>
  );
}

/** Nobody signs in with it any more; what was done with it stays. */
export function CloseDialog({ account, onClose }: Props) {
  const close = useCommand(CloseAccount);
  const [reason, setReason] = useState('');
  const send = async () => {
    if (await close.send({ ...changing(account), body: { reason } })) onClose();
  };
  return (
    <AccountDialog
      title={m.account_close()}
      does={m.account_close()}
      command={close}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p className="mute">{m.account_close_about({ name: account.label })}</p>
      <Textarea
        label={m.account_reason()}
        autosize
        minRows={2}
        {...limits(CloseAccount, 'reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </AccountDialog>
  );
}
