import type { ReactNode } from 'react';
import s from './unbroken.module.css';

const REFERENCE = /([A-Z]-\d{4}-\d{4,})/;

/** Text whose references (`L-2026-000001`) stay whole at the end of a line; copied, they are what they are. */
export const unbroken = (text: ReactNode): ReactNode =>
  typeof text !== 'string' || !REFERENCE.test(text)
    ? text
    : text.split(REFERENCE).map((part, at) =>
        at % 2 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text
          <span key={at} className={s.whole}>
            {part}
          </span>
        ) : (
          part
        ),
      );
