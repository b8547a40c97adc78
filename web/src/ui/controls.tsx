import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import s from './pieces.module.css';

export function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  const label = dark ? m.theme_light() : m.theme_dark();
  const Icon = dark ? IconSun : IconMoon;
  return (
    <ActionIcon aria-label={label} title={label} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
      <Icon size={18} stroke={1.6} aria-hidden="true" />
    </ActionIcon>
  );
}

/** Everything is drawn anew in the other language, this switch too: it keeps the focus. */
let switched = false;

/** Two languages: a switch, no menu. */
export function LanguageSwitch() {
  const { locale, choose } = useLocale();
  const box = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (switched) box.current?.focus();
    switched = false;
  }, []);
  const other = locale === 'fr' ? 'en' : 'fr';
  return (
    <button
      ref={box}
      type="button"
      className={s.lang}
      lang={other}
      aria-label={other === 'fr' ? 'FR, passer en français' : 'EN, switch to English'}
      onClick={() => {
        switched = true;
        choose(other);
      }}
    >
      {other.toUpperCase()}
    </button>
  );
}

type MenuProps = { label: string; face: string; children: ReactNode };

/** A menu of the browser's own popover: closes on Escape and on a click elsewhere. */
export function AccountMenu({ label, face, children }: MenuProps) {
  const id = useId();
  return (
    <>
      <button type="button" className={s.avatar} aria-label={`${face}, ${label}`} popoverTarget={id}>
        {face}
      </button>
      <div id={id} popover="auto" className={s.popover} onClickCapture={(event) => event.currentTarget.hidePopover()}>
        {children}
      </div>
    </>
  );
}

export const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();
