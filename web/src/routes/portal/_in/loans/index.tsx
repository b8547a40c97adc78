import { IconCoins } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Loans } from '~/features/loan/portal/loans';
import { oneOf } from '~/lib/search';
import { m } from '~/paraglide/messages';

type Which = 'asked' | 'paying' | 'over';

export const Route = createFileRoute('/_in/loans/')({
  staticData: {
    title: m.nav_loans,
    nav: { label: m.nav_loans, icon: IconCoins, group: 'tabs', order: 20, permission: 'loan.read' },
  },
  validateSearch: (search): { which?: Which } => ({ which: oneOf(search.which, ['asked', 'paying', 'over']) }),
  component: Loans,
});
