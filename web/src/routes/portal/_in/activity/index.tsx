import { createFileRoute } from '@tanstack/react-router';
import { Activity } from '~/features/activity/portal/activity';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/activity/')({
  staticData: { title: m.my_activity_title },
  component: Activity,
});
