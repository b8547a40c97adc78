import { IconUsersGroup } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Accounts } from '~/features/account/bureau/accounts';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/accounts/')({
  staticData: {
    title: m.accounts,
    nav: { label: m.accounts, icon: IconUsersGroup, group: 'system', order: 130, permission: 'account.read' },
  },
  component: Accounts,
});
