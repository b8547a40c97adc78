import { IconCashBanknote } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { ToPayOut } from '~/features/servicing/bureau/to-pay-out';
import { text } from '~/lib/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/to-pay-out/')({
  validateSearch: (search): { q?: string } => ({ q: text(search.q) }),
  staticData: {
    title: m.servicing_to_pay_out,
    nav: {
      label: m.servicing_to_pay_out,
      icon: IconCashBanknote,
      group: 'money',
      order: 50,
      permission: 'loan.disburse',
    },
  },
  component: ToPayOut,
});
