import { createFileRoute } from '@tanstack/react-router';
import { Access } from '~/features/account/portal/access';
import { Profile } from '~/features/account/portal/profile';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/profile/access')({
  staticData: { title: m.profile_access },
  component: () => (
    <Profile>
      <Access />
    </Profile>
  ),
});
