import type { ReactNode } from 'react';
import s from './rows.module.css';

type Row = readonly [label: string, value: ReactNode];

/** Names and values one under the other; `mono` for what machines compare. */
export const Rows = ({ rows, mono }: { rows: readonly Row[]; mono?: boolean }) => (
  <dl className={s.rows}>
    {rows.map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd className={mono ? 'mono' : 'num'}>{value ?? '—'}</dd>
      </div>
    ))}
  </dl>
);
