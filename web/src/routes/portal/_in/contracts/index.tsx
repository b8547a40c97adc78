import { IconFileText } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Contracts } from '~/features/contract/portal/contracts';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/contracts/')({
  staticData: {
    title: m.nav_contracts,
    nav: { label: m.nav_contracts, icon: IconFileText, group: 'tabs', order: 30, permission: 'contract.read' },
  },
  component: Contracts,
});
