import type { ReactNode } from 'react';
import s from './pieces.module.css';
import { unbroken } from './unbroken';

type CardProps = { title?: ReactNode; aside?: ReactNode; children: ReactNode; flush?: boolean; className?: string };

/** A part of a page; `flush` for tables and lists that go to its edges. */
export const Card = ({ title, aside, children, flush, className }: CardProps) => (
  <section className={className ? `${s.card} ${className}` : s.card} data-flush={flush || undefined}>
    {title && (
      <div className={s.cardHead}>
        <h2>{title}</h2>
        {aside}
      </div>
    )}
    <div className={flush ? undefined : s.cardBody}>{children}</div>
  </section>
);

type PageHeaderProps = { title: ReactNode; reference?: ReactNode; about?: ReactNode; children?: ReactNode };

/** The one heading of a page, what it is about, and its actions on the right. */
export const PageHeader = ({ title, reference, about, children }: PageHeaderProps) => (
  <div className={s.page}>
    <div>
      <h1>
        {unbroken(title)}
        {reference && <span className="num">{reference}</span>}
      </h1>
      {about && <p>{about}</p>}
    </div>
    {children && <div className={s.actions}>{children}</div>}
  </div>
);

/** Names and values, side by side; what is absent shows a dash. */
export const Facts = ({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }) => (
  <dl className={s.facts}>
    {facts.map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd className="num">{value ?? '—'}</dd>
      </div>
    ))}
  </dl>
);

type NextProps = {
  about: ReactNode;
  value: ReactNode;
  /** The value is a sentence, not a number. */
  said?: boolean;
  hint?: ReactNode;
  children?: ReactNode;
};

/** What comes next, the largest thing on the page; its buttons are the children. */
export const NextAction = ({ about, value, said, hint, children }: NextProps) => (
  <section className={s.next}>
    <small>{unbroken(about)}</small>
    <strong className={said ? s.nextSaid : 'num'}>{unbroken(value)}</strong>
    {hint && <small>{unbroken(hint)}</small>}
    {children && <div className={s.nextActions}>{children}</div>}
  </section>
);
