import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import s from './back.module.css';

/** The way up, above the heading of a page about one thing. */
export const Back = ({ to, children }: { to: string; children: ReactNode }) => (
  <Link to={to as '/'} className={s.back}>
    <IconArrowLeft size={15} stroke={1.7} aria-hidden="true" />
    {children}
  </Link>
);
