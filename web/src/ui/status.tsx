import type { ReactNode } from 'react';
import s from './pieces.module.css';

export type Tone = 'solid' | 'half' | 'ring' | 'dash' | 'bad' | 'accent';

/** A state: its shape first, its word second, a colour last. */
export const Status = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={s.status} data-tone={tone}>
    <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
    {children}
  </span>
);

const ring = <circle cx="6" cy="6" r="5.2" fill="none" stroke="currentColor" strokeWidth="1.5" />;
const SHAPES: Record<Tone, ReactNode> = {
  solid: (
    <>
      <circle cx="6" cy="6" r="6" fill="currentColor" />
      <path d="m3.4 6.2 1.8 1.8 3.4-3.8" fill="none" stroke="var(--panel)" strokeWidth="1.5" />
    </>
  ),
  half: (
    <>
      {ring}
      <path d="M6 2.6a3.4 3.4 0 0 1 0 6.8z" fill="currentColor" />
    </>
  ),
  accent: (
    <>
      {ring}
      <circle cx="6" cy="6" r="2.6" fill="currentColor" />
    </>
  ),
  ring,
  dash: <circle cx="6" cy="6" r="5.2" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.2 1.9" />,
  bad: (
    <>
      <path d="M6 .6 11.6 11H.4z" fill="currentColor" />
      <path d="M6 4.4v3M6 8.8v.6" stroke="var(--panel)" strokeWidth="1.3" />
    </>
  ),
};
