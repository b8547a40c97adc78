import { useMe } from '~/app/me';
import { roleWord } from '~/app/roles';
import { m } from '~/paraglide/messages';
import { PageHeader } from '~/ui/card';
import { MyFactors } from './my-factors';
import { MyKeys } from './my-keys';
import { MyPassword } from './my-password';
import { MySessions } from './my-sessions';

/** One's own account: where it is signed in, what proves it, and what programs do in its name. */
export function Profile() {
  const me = useMe();
  return (
    <>
      <PageHeader title={m.profile()} about={`${me.label} · ${me.roles.map(roleWord).join(', ')}`} />
      <div className="stack">
        <MySessions />
        <div className="columns">
          <MyFactors />
          <MyPassword />
        </div>
        <MyKeys />
      </div>
    </>
  );
}
