import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { components } from '~/api/schema';
import { useMay } from '~/app/me';
import { roleWord } from '~/app/roles';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { Empty } from '~/ui/states';
import { AccountStatusMark } from '../words';
import { OpenAccountDialog } from './open-account';

type Account = components['schemas']['AccountLine'];

/** Whoever signs in, staff and clients, and what they may do. */
export function Accounts() {
  const navigate = useNavigate();
  const may = useMay('account.manage');
  const [opening, open] = useState(false);
  const go = (account: Account) =>
    void navigate({ to: '/accounts/$accountId', params: { accountId: account.account_id } });
  return (
    <>
      <PageHeader title={m.accounts()} about={m.accounts_about()}>
        {may && <Button onClick={() => open(true)}>{m.account_open_one()}</Button>}
      </PageHeader>
      <Card flush>
        <DataTable<Account>
          label={m.accounts()}
          path="/api/v1/accounts"
          params={{}}
          columns={columns()}
          rowKey={(account) => account.account_id}
          onOpen={go}
          empty={<Empty title={m.accounts_none()}>{m.accounts_none_about()}</Empty>}
        />
      </Card>
      {opening && <OpenAccountDialog onClose={() => open(false)} />}
    </>
  );
}

const columns = (): Column<Account>[] => [
  {
    id: 'label',
    phone: 'name',
    header: m.account_label(),
    cell: (account) => (
      <Link to="/accounts/$accountId" params={{ accountId: account.account_id }}>
        {account.label}
      </Link>
    ),
  },
  { id: 'email', header: m.email(), cell: (account) => account.email ?? m.account_program(), wide: true },
  { id: 'roles', phone: 'about', header: m.account_roles(), cell: (account) => account.roles.map(roleWord).join(', ') },
  {
    id: 'factors',
    header: m.account_factors(),
    cell: (account) => account.factors.length || '—',
    end: true,
    wide: true,
  },
  { id: 'keys', header: m.account_keys(), cell: (account) => account.keys.length || '—', end: true, wide: true },
  {
    id: 'opened',
    phone: 'aside',
    header: m.account_opened_on(),
    cell: (account) => date(account.opened_on),
    wide: true,
  },
  {
    id: 'status',
    phone: 'value',
    header: m.field_status(),
    cell: (account) => <AccountStatusMark account={account} />,
  },
];
