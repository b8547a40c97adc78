import { Skeleton } from '@mantine/core';
import { IconError404 } from '@tabler/icons-react';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { m } from '~/paraglide/messages';
import { Empty, Refused } from '~/ui/states';
import s from './states.module.css';

export const Pending = () => (
  <div className={s.pending} role="status" aria-label={m.loading()}>
    <Skeleton height={28} width={220} />
    <Skeleton height={120} />
    <Skeleton height={280} />
  </div>
);

export const Failed = ({ error, reset }: ErrorComponentProps) => (
  <div className={s.box}>
    <Refused error={error} retry={() => (navigator.onLine ? location.reload() : reset())} page />
  </div>
);

export const NotFound = () => (
  <div className={s.box}>
    <Empty icon={IconError404} title={m.not_found_title()} page>
      {m.not_found_about()}
    </Empty>
  </div>
);

const online = (changed: () => void) => {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
};

/** Said while the network is away: what is on screen stays readable, what is typed stays typed. */
export function Offline() {
  const here = useSyncExternalStore(online, () => navigator.onLine);
  return (
    <div role="status" className={here ? undefined : s.offline}>
      {here ? null : m.offline()}
    </div>
  );
}
