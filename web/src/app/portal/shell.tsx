import { IconLogout } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import { m } from '~/paraglide/messages';
import { Brand } from '~/ui/brand';
import { AccountMenu, initials, LanguageSwitch, ThemeSwitch } from '~/ui/controls';
import { Inside } from '../inside';
import { useMe, useSignOut } from '../me';
import { type Entry, useNavigation } from '../navigation';
import s from './shell.module.css';

const TABS = 5;

export const PortalShell = () => (
  <Inside face="portal">
    <Frame />
  </Inside>
);

function Frame() {
  const all = useNavigation();
  const entries = all.filter((entry) => entry.group === 'tabs');
  const me = useMe();
  const signOut = useSignOut();
  return (
    <>
      <a className="skip" href="#main">
        {m.skip_to_content()}
      </a>
      <header className={s.bar}>
        <div>
          <Link to="/" className="brandlink">
            <Brand />
          </Link>
          <nav aria-label={m.nav_main()}>
            <ul>
              {entries.map((entry) => (
                <li key={entry.to}>
                  <To entry={entry} />
                </li>
              ))}
            </ul>
          </nav>
          <div className={s.right}>
            <LanguageSwitch />
            <ThemeSwitch />
            <AccountMenu label={m.account_menu({ name: me.label })} face={initials(me.label)}>
              <p>{me.label}</p>
              {all
                .filter((entry) => entry.group === 'account')
                .map((entry) => (
                  <To key={entry.to} entry={entry} icon={16} />
                ))}
              <button type="button" onClick={() => void signOut()}>
                <IconLogout size={16} stroke={1.6} aria-hidden="true" />
                {m.sign_out()}
              </button>
            </AccountMenu>
          </div>
        </div>
      </header>
      <main id="main" className={s.main} tabIndex={-1}>
        <Outlet />
      </main>
      <nav className={s.tabs} aria-label={m.nav_tabs()}>
        <ul>
          {entries.slice(0, TABS).map((entry) => (
            <li key={entry.to}>
              <To entry={entry} icon={21} />
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}

const To = ({ entry, icon }: { entry: Entry; icon?: number }) => (
  <Link
    to={entry.to as '/'}
    activeOptions={{ exact: entry.to === '/', includeSearch: false }}
    activeProps={{ 'aria-current': 'page' }}
  >
    {icon && <entry.icon size={icon} stroke={1.6} aria-hidden="true" />}
    {entry.label()}
  </Link>
);
