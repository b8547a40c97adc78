import { IconReceipt } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { RunningLoans } from '~/features/servicing/bureau/running-loans';
import { oneOf, text } from '~/lib/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/repayments/')({
  validateSearch: (search): { show?: 'late' | 'overpaid'; q?: string; sort?: string } => ({
    show: oneOf(search.show, ['late', 'overpaid']),
    q: text(search.q),
    sort: text(search.sort),
  }),
  staticData: {
    title: m.servicing_repayments,
    nav: {
      label: m.servicing_repayments,
      icon: IconReceipt,
      group: 'money',
      order: 52,
      permission: 'repayment.read',
    },
  },
  component: RunningLoans,
});
