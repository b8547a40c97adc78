import type { ReactNode } from 'react';
import { m } from '~/paraglide/messages';
import { Brand } from '~/ui/brand';
import { LanguageSwitch, ThemeSwitch } from '~/ui/controls';
import s from './door.module.css';

type DoorProps = { title: string; about?: ReactNode; tag?: string; children: ReactNode; links?: ReactNode };

/** A page before the inside: signing in, choosing a password, the wrong door. */
export const Door = ({ title, about, tag, children, links }: DoorProps) => (
  <div className={s.door}>
    <header className={s.bar}>
      <Brand tag={tag} />
      <div>
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </header>
    <main className={s.main} aria-label={m.main_content()}>
      <h1>{title}</h1>
      {about && <p>{about}</p>}
      {children}
      {links && <div className={s.links}>{links}</div>}
    </main>
  </div>
);
