import { IconUser } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Language } from '~/features/account/portal/language';
import { Profile } from '~/features/account/portal/profile';
import { Identity } from '~/features/customer/portal/identity';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/profile/')({
  staticData: {
    title: m.nav_profile,
    nav: { label: m.nav_profile, icon: IconUser, group: 'account', order: 60 },
  },
  component: () => (
    <Profile>
      <Identity />
      <Language />
    </Profile>
  ),
});
