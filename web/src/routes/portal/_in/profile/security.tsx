import { IconShieldLock } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Profile } from '~/features/account/portal/profile';
import { Security } from '~/features/account/portal/security';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/profile/security')({
  staticData: {
    title: m.profile_security,
    nav: { label: m.profile_security, icon: IconShieldLock, group: 'account', order: 70 },
  },
  component: () => (
    <Profile>
      <Security />
    </Profile>
  ),
});
