import { IconUsers } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Customers } from '~/features/customer/bureau/customers';
import { customerSearch } from '~/features/customer/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/customers/')({
  validateSearch: customerSearch,
  staticData: {
    title: m.customers,
    nav: { label: m.customers, icon: IconUsers, group: 'relation', order: 50, permission: 'customer.read' },
  },
  component: Customers,
});
