import type { ReactNode } from 'react';
import s from './next-step.module.css';

type NextStepProps = { tone?: 'bad' | 'done'; title: ReactNode; children?: ReactNode };

/** Where a file stands and what comes next, in one line; on the right where to do it. */
export const NextStep = ({ tone, title, children }: NextStepProps) => (
  <p className={s.step} data-tone={tone}>
    <b>{title}</b>
    {children}
  </p>
);
