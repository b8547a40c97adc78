import { IconReceipt } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Payments } from '~/features/servicing/portal/payments';
import { text } from '~/lib/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/payments/')({
  staticData: {
    title: m.nav_payments,
    nav: { label: m.nav_payments, icon: IconReceipt, group: 'tabs', order: 40, permission: 'repayment.read' },
  },
  validateSearch: (search): { loan?: string } => ({ loan: text(search.loan) }),
  component: Payments,
});
