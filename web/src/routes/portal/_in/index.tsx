import { IconHome } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import LatestActivity from '~/features/activity/portal/latest';
import LatestDocuments from '~/features/document/portal/latest';
import { Home } from '~/features/home/portal/home';
import { MyLoansCard } from '~/features/loan/portal/my-loans-card';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/')({
  codeSplitGroupings: [],
  staticData: { title: m.nav_home, nav: { label: m.nav_home, icon: IconHome, group: 'tabs', order: 10 } },
  component: () => <Home loans={<MyLoansCard />} documents={<LatestDocuments />} activity={<LatestActivity />} />,
});
