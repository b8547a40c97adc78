import { IconActivity } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Activity } from '~/features/activity/bureau/activity';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/activity/')({
  staticData: {
    title: m.activity,
    nav: { label: m.activity, icon: IconActivity, group: 'overview', order: 15, permission: 'overview.read' },
  },
  component: Activity,
});
