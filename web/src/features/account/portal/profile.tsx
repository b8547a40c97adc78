import type { ReactNode } from 'react';
import { useMe } from '~/app/me';
import { m } from '~/paraglide/messages';
import { PageHeader } from '~/ui/card';
import { PageTabs } from '~/ui/page-tabs';

/** The pages about oneself. */
export function Profile({ children }: { children: ReactNode }) {
  const me = useMe();
  return (
    <>
      <PageHeader title={m.nav_profile()} about={me.label} />
      <PageTabs
        label={m.profile_parts()}
        tabs={[
          { to: '/profile', label: m.profile_file() },
          { to: '/profile/security', label: m.profile_security() },
          { to: '/profile/access', label: m.profile_access() },
        ]}
      />
      <div className="stack">{children}</div>
    </>
  );
}
