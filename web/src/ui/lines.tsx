import { Button } from '@mantine/core';
import type { IconPoint } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { m } from '~/paraglide/messages';
import s from './lines.module.css';
import { unbroken } from './unbroken';

/** A list for thumbs: a line of two rows each, whatever the width. Tables are for desks. */
export const Lines = ({ label, children }: { label: string; children: ReactNode }) => (
  <ul className={s.lines} aria-label={label}>
    {children}
  </ul>
);

type LineProps = {
  /** A link here opens by a touch anywhere on the line. */
  title: ReactNode;
  hint?: ReactNode;
  icon?: typeof IconPoint;
  /** At the end: an amount, a state, a button. */
  children?: ReactNode;
  /** On a phone the end goes below. */
  tall?: boolean;
  opens?: boolean;
};

export const Line = ({ title, hint, icon: Icon, children, tall, opens }: LineProps) => (
  <li data-tall={tall || undefined} data-open={opens || undefined}>
    {Icon && (
      <span className={s.icon}>
        <Icon size={18} stroke={1.6} aria-hidden="true" />
      </span>
    )}
    <span className={s.text}>
      <b>{unbroken(title)}</b>
      {hint && <small className="num">{unbroken(hint)}</small>}
    </span>
    {children && <span className={s.aside}>{children}</span>}
  </li>
);

type FurtherProps = { list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } };

/** The rest of a list that comes page by page; see api/pages.ts. */
export const Further = ({ list }: FurtherProps) =>
  list.hasNextPage ? (
    <div className={s.more}>
      <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {m.list_further()}
      </Button>
    </div>
  ) : null;
