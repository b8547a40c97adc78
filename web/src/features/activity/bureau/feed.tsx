import { ActionIcon } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { integer, moment, time } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { anyEventTitle } from '~/ui/house-events';
import { Money } from '~/ui/money';
import { Answer, Empty } from '~/ui/states';
import { fresh } from '../fresh';
import s from './feed.module.css';

type Entry = components['schemas']['ActivityEntry'];
const SHOWN = 12;

/** What has just happened. It moves by itself until somebody stops it to read. */
export function Feed() {
  const activity = api.useQuery('get', '/api/v1/activity', { params: { query: { limit: SHOWN } } });
  const [held, hold] = useState<Entry[] | null>(null);
  const waiting = fresh(activity.data?.items ?? [], held);
  const pause = () => hold(held ? null : (activity.data?.items ?? []));
  return (
    <Card
      flush
      title={m.activity()}
      aside={
        <span className="row">
          <span className="mute">{held ? m.activity_paused({ count: integer(waiting) }) : m.live_on()}</span>
          <ActionIcon aria-label={held ? m.activity_go_on() : m.activity_pause()} onClick={pause}>
            {held ? <IconPlayerPlay size={15} aria-hidden="true" /> : <IconPlayerPause size={15} aria-hidden="true" />}
          </ActionIcon>
        </span>
      }
    >
      <Answer of={activity} rows={6}>
        {(page) => {
          const entries = held ?? page.items;
          if (entries.length === 0) return <Empty title={m.activity_empty()}>{m.activity_empty_about()}</Empty>;
          return (
            <section className={s.scroll} tabIndex={0} aria-label={m.activity()}>
              <ol className={s.feed}>
                {entries.map((entry) => (
                  <Happened key={`${entry.position}-${entry.id}`} entry={entry} />
                ))}
              </ol>
              <p className={s.more}>
                <Link to="/activity" className="link">
                  {m.activity_all()}
                </Link>
              </p>
            </section>
          );
        }}
      </Answer>
    </Card>
  );
}

function Happened({ entry }: { entry: Entry }) {
  const about = [entry.customer, entry.reference].filter(Boolean).join(' · ');
  return (
    <li>
      <time dateTime={entry.at} title={moment(entry.at)} className="num">
        {time(entry.at)}
      </time>
      <b>{anyEventTitle(entry.event)}</b>
      {entry.amount != null && entry.currency && <Money amount={entry.amount} currency={entry.currency} />}
      {about &&
        (entry.loan_id ? (
          <Link to="/loans/$loanId" params={{ loanId: entry.loan_id }}>
            {about}
          </Link>
        ) : (
          <small>{about}</small>
        ))}
    </li>
  );
}
