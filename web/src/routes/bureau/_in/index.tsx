import { IconLayoutDashboard } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Feed } from '~/features/activity/bureau/feed';
import { Overview } from '~/features/overview/bureau/overview';
import { text } from '~/lib/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/')({
  // Where everybody arrives: in the entry it costs no further way to the server.
  codeSplitGroupings: [],
  validateSearch: (search): { currency?: string } => ({ currency: text(search.currency) }),
  staticData: {
    title: m.overview,
    nav: { label: m.overview, icon: IconLayoutDashboard, group: 'overview', order: 10 },
  },
  component: () => <Overview feed={<Feed />} />,
});
