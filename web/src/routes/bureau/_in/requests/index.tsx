import { IconGavel } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Requests } from '~/features/loan/bureau/requests';
import { id } from '~/lib/filters';
import { text } from '~/lib/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/requests/')({
  validateSearch: (search): { q?: string; loan?: string } => ({
    q: text(search.q)?.slice(0, 100),
    loan: id(search.loan),
  }),
  staticData: {
    title: m.requests,
    nav: { label: m.requests, icon: IconGavel, group: 'lending', order: 10, permission: 'loan.approve' },
  },
  component: Requests,
});
