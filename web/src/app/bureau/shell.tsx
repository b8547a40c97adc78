import { ActionIcon } from '@mantine/core';
import { IconLogout, IconMenu2, IconSearch } from '@tabler/icons-react';
import { Link, Outlet, useMatches } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useConnection } from '~/lib/live';
import { m } from '~/paraglide/messages';
import { Brand } from '~/ui/brand';
import { AccountMenu, initials, LanguageSwitch, ThemeSwitch } from '~/ui/controls';
import { Inside } from '../inside';
import { useMe, useSignOut } from '../me';
import { useNavigation } from '../navigation';
import s from './shell.module.css';

const Palette = lazy(() => import('./palette'));
const Shortcuts = lazy(() => import('./shortcuts'));

/** The menu, from above: what stands in `staticData.nav.group` of a route. */
export const GROUPS = ['overview', 'lending', 'money', 'relation', 'system'] as const;
const groupLabels: Record<string, () => string> = {
  overview: m.group_overview,
  lending: m.group_lending,
  money: m.group_money,
  relation: m.group_relation,
  system: m.group_system,
};

export const BureauShell = () => (
  <Inside face="bureau">
    <Frame />
  </Inside>
);

function Frame() {
  const [menu, setMenu] = useState(false);
  const [over, setOver] = useState<'palette' | 'shortcuts' | null>(null);
  const title = useMatches({ select: (matches) => matches.at(-1)?.staticData.title?.() });
  useEffect(() => {
    document.title = title ? `${title} · Quittance` : 'Quittance · Bureau';
  }, [title]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
        event.preventDefault();
        setOver((shown) => (shown === 'palette' ? null : 'palette'));
      } else if (event.key === '?' && !(event.target as Element).closest('input,textarea,select,dialog'))
        setOver('shortcuts');
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  return (
    <div className={s.shell}>
      <a className="skip" href="#main">
        {m.skip_to_content()}
      </a>
      <Side open={menu} onGo={() => setMenu(false)} />
      <div>
        <header className={s.bar}>
          <ActionIcon
            className={s.burger}
            aria-label={m.nav_open()}
            aria-expanded={menu}
            onClick={() => setMenu(!menu)}
          >
            <IconMenu2 size={19} stroke={1.6} aria-hidden="true" />
          </ActionIcon>
          <Where />
          <div className={s.right}>
            <button type="button" className={s.search} onClick={() => setOver('palette')}>
              <IconSearch size={16} stroke={1.6} aria-hidden="true" />
              <span>{m.palette_open()}</span>
              <kbd aria-hidden="true">Ctrl K</kbd>
            </button>
            <Live />
            <LanguageSwitch />
            <ThemeSwitch />
            <Account />
          </div>
        </header>
        <main id="main" className={s.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense fallback={null}>
        {over === 'palette' && <Palette onClose={() => setOver(null)} />}
        {over === 'shortcuts' && <Shortcuts onClose={() => setOver(null)} />}
      </Suspense>
    </div>
  );
}

/** The part of the menu that a page belongs to, and the way up from a page about one thing. The page's own name is its heading. */
function Where() {
  const here = useMatches({ select: (matches) => (matches.at(-1)?.fullPath ?? '').replace(/(.)\/$/, '$1') });
  const entry = useNavigation().find(({ to }) => here === to || here.startsWith(`${to}/`));
  if (!entry) return null;
  return (
    <p className={s.where}>
      <span>{groupLabels[entry.group]?.()}</span>
      {here !== entry.to && <Link to={entry.to as '/'}>{entry.label()}</Link>}
    </p>
  );
}

function Side({ open, onGo }: { open: boolean; onGo: () => void }) {
  const entries = useNavigation();
  return (
    <nav className={s.side} data-open={open || undefined} aria-label={m.nav_main()}>
      <div className={s.top}>
        <Link to="/" className="brandlink" onClick={onGo}>
          <Brand tag={m.bureau_tag()} />
        </Link>
      </div>
      <div className={s.menu}>
        {GROUPS.map((group) => {
          const own = entries.filter((entry) => entry.group === group);
          return own.length === 0 ? null : (
            <div key={group}>
              <p>{groupLabels[group]?.()}</p>
              <ul>
                {own.map((entry) => (
                  <li key={entry.to}>
                    <Link
                      to={entry.to as '/'}
                      onClick={onGo}
                      activeOptions={{ exact: entry.to === '/', includeSearch: false }}
                      activeProps={{ 'aria-current': 'page' }}
                    >
                      <entry.icon size={17} stroke={1.6} aria-hidden="true" />
                      {entry.label()}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </div>
      <a href={import.meta.env.OTHER_FACE}>{m.to_portal()}</a>
    </nav>
  );
}

function Live() {
  const state = useConnection();
  const words = { live: m.live_on, connecting: m.live_connecting, offline: m.live_off }[state];
  return (
    <span className={s.live} data-state={state}>
      <i />
      {words()}
    </span>
  );
}

function Account() {
  const me = useMe();
  const signOut = useSignOut();
  return (
    <AccountMenu label={m.account_menu({ name: me.label })} face={initials(me.label)}>
      <p>{me.label}</p>
      <button type="button" onClick={() => void signOut()}>
        <IconLogout size={16} stroke={1.6} aria-hidden="true" />
        {m.sign_out()}
      </button>
    </AccountMenu>
  );
}
