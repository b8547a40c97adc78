import { IconUserCircle } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Profile } from '~/features/account/bureau/profile';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/profile/')({
  staticData: {
    title: m.profile,
    nav: { label: m.profile, icon: IconUserCircle, group: 'system', order: 160, permission: 'self' },
  },
  component: Profile,
});
