import { Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { InviteAgain } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { useMay, useMe } from '~/app/me';
import { roleWord } from '~/app/roles';
import { languageName } from '~/lib/countries';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts, PageHeader } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Answer } from '~/ui/states';
import { AccountStatusMark } from '../words';
import { AccountAccess } from './account-access';
import { CloseDialog, CustomersDialog, PortfolioDialog, RolesDialog } from './account-changes';
import { type Account, changing } from './account-dialog';
import { CustomerName } from './customer-picker';

const route = getRouteApi('/_in/accounts/$accountId');
const DIALOGS = { roles: RolesDialog, customers: CustomersDialog, portfolio: PortfolioDialog, close: CloseDialog };
type Open = keyof typeof DIALOGS | null;

/** One account: who uses it, what it may do, and how it signs in. */
export function AccountFile() {
  const account_id = route.useParams().accountId;
  const found = api.useQuery('get', '/api/v1/accounts/{account_id}', { params: { path: { account_id } } });
  return (
    <Answer of={found} page>
      {(account) => <File account={account} />}
    </Answer>
  );
}

function File({ account }: { account: Account }) {
  const [open, setOpen] = useState<Open>(null);
  const own = useMe().account_id === account.account_id;
  const may = useMay('account.manage') && account.status === 'open' && !own;
  const looks = useMay('access.read');
  const invite = useCommand(InviteAgain);
  const Shown = open && DIALOGS[open];
  const client = account.roles.includes('client');
  const change = (which: NonNullable<Open>) =>
    may && (
      <Button size="xs" variant="default" onClick={() => setOpen(which)}>
        {m.account_change()}
      </Button>
    );
  return (
    <>
      <PageHeader title={account.label} about={account.email ?? m.account_program()}>
        <AccountStatusMark account={account} />
        {looks && (
          <Link to="/access-log" search={{ who: `account:${account.account_id}` }} className="link">
            {m.account_looks()}
          </Link>
        )}
        {may && account.invited && !account.has_password && (
          <Button variant="default" loading={invite.pending} onClick={() => void invite.send(changing(account))}>
            {m.account_invite_again()}
          </Button>
        )}
        {may && (
          <Button variant="default" onClick={() => setOpen('close')}>
            {m.account_close()}
          </Button>
        )}
      </PageHeader>
      <div className="stack">
        <Outcome of={invite} />
        <Card flush title={m.account_identity()}>
          <Facts
            facts={[
              [m.account_opened_on(), date(account.opened_on)],
              [m.account_language(), languageName(account.language)],
              [m.password(), account.has_password ? m.account_has() : m.account_has_not()],
              [m.account_recovery(), account.has_recovery_codes ? m.account_has() : m.account_has_not()],
              ...(account.closed_on
                ? ([
                    [m.account_closed_on(), date(account.closed_on)],
                    [m.account_reason(), account.closed_because],
                  ] as const)
                : []),
            ]}
          />
        </Card>
        <div className="columns">
          <Card title={m.account_roles()} aside={change('roles')}>
            {account.roles.map(roleWord).join(', ') || '—'}
          </Card>
          <Card
            title={client ? m.account_customers() : m.account_portfolio()}
            aside={change(client ? 'customers' : 'portfolio')}
          >
            <Customers customers={client ? account.customers : account.portfolio} />
          </Card>
        </div>
        <AccountAccess account={account} may={may} />
      </div>
      {Shown && <Shown account={account} onClose={() => setOpen(null)} />}
    </>
  );
}

function Customers({ customers }: { customers: string[] | null }) {
  const most = 12;
  if (customers === null) return m.account_everybody();
  if (customers.length === 0) return '—';
  return (
    <ul className="stack">
      {customers.slice(0, most).map((each) => (
        <li key={each}>
          <CustomerName customer={each} />
        </li>
      ))}
      {customers.length > most && <li className="mute">{m.account_more({ count: customers.length - most })}</li>}
    </ul>
  );
}
