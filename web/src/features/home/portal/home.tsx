import type { ReactNode } from 'react';
import { api } from '~/api/client';
import { useFiles, useMe } from '~/app/me';
import { longDate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Answer } from '~/ui/states';
import s from './home.module.css';
import { NextCard } from './next-card';
import { ToDo } from './to-do';

type HomeProps = { loans: ReactNode; documents: ReactNode; activity: ReactNode };

/** Where a client arrives: what to do next first, then how things stand. */
export function Home({ loans, documents, activity }: HomeProps) {
  const me = useMe();
  const files = useFiles();
  const overview = api.useQuery('get', '/api/v1/me/overview');
  return (
    <>
      <div className={s.head}>
        {/* The day of the house, never the computer's: what is due is due on that one. */}
        <p className={s.day}>{overview.data ? longDate(overview.data.day) : '\u00a0'}</p>
        <h1>{m.home_hello({ name: me.label.split(' ')[0] ?? '' })}</h1>
      </div>
      <div className={s.grid}>
        <Answer of={overview} rows={5}>
          {(now) => (
            <>
              <NextCard overview={now} hasFile={files.length > 0} />
              <ToDo steps={now.steps} />
            </>
          )}
        </Answer>
        {loans}
        {documents}
        <div className={s.whole}>{activity}</div>
      </div>
    </>
  );
}
