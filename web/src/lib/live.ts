import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { components } from '~/api/schema';
import { forgetSeen, noteSeen } from '~/api/seen';
import { API, renew, whoseSession } from '~/api/session';

/** Live updates: one connection for each browser. The tab that holds a lock has it and tells the others. */
export type Changed = components['schemas']['Changed'];
type Present = components['schemas']['Present'];
export type Connection = 'connecting' | 'live' | 'offline';
type Said = { changed: Changed } | { connection: Connection } | { reset: true } | { over: true } | { asks: true };
/** What the connection is behind: everything up to the position was told; positions of another history mean nothing. */
type Place = { position?: string; history?: string };
type Message = Said & Place;

/** What tells of everything: for staff, and of a client's own for the client. */
const HOUSE = ['/api/v1/overview', '/api/v1/activity'];
const OVERVIEWS = [...HOUSE, '/api/v1/me/overview'];

const SHOWN_BY: Record<string, readonly string[]> = {
  Account: ['/api/v1/accounts', '/api/v1/me'],
  BusinessDay: ['/api/v1/business-day', ...OVERVIEWS],
  Contact: ['/api/v1/contacts', '/api/v1/customers', '/api/v1/activity'],
  Contract: ['/api/v1/contracts', '/api/v1/loans', ...OVERVIEWS],
  Customer: ['/api/v1/customers', '/api/v1/loans', '/api/v1/activity'],
  Document: ['/api/v1/documents', '/api/v1/contracts', ...OVERVIEWS],
  IndexRates: ['/api/v1/index-rates', '/api/v1/activity'],
  LegalRates: ['/api/v1/legal-rates', '/api/v1/loans', '/api/v1/activity'],
  Loan: ['/api/v1/loans', ...OVERVIEWS],
  LoanProduct: ['/api/v1/loan-products', '/api/v1/activity'],
  Notification: ['/api/v1/mails'],
  Omission: ['/api/v1/machinery'],
  Organisation: ['/api/v1/organisation', '/api/v1/activity'],
  Payee: ['/api/v1/payees', '/api/v1/activity'],
  Posting: ['/api/v1/ledger'],
  Retrial: ['/api/v1/machinery'],
  Servicing: ['/api/v1/loans', ...OVERVIEWS],
  StopSwitch: ['/api/v1/stop-switch', '/api/v1/activity'],
};

const concerns = (kind: string, path: string) => SHOWN_BY[kind]?.some((each) => path.startsWith(each)) ?? false;

const listeners = new Set<(message: Message) => void>();
let connection: Connection = 'connecting';
/** Where whoever connects next goes on: nothing is missed between two connections, of whichever tab. */
let place: Place & { account: string | null } = { account: null };
let stop: (() => void) | null = null;

function hear(message: Message) {
  if (message.history && place.history && message.history !== place.history) forgetSeen();
  place = { ...place, position: message.position ?? place.position, history: message.history ?? place.history };
  if ('connection' in message) connection = message.connection;
  if ('changed' in message) noteSeen(message.changed.positions);
  for (const each of listeners) each(message);
}

/** Begin to listen; again after a sign-in. */
export function start() {
  stop?.();
  const account = whoseSession();
  if (account !== place.account) place = { account };
  const ended = new AbortController();
  // By account: tabs that somebody else is signed in to hear of nothing that is theirs.
  const name = `quittance-live-${account}`;
  const others = new BroadcastChannel(name);
  let leads = false;
  others.onmessage = ({ data }: MessageEvent<Message>) => {
    if (!('asks' in data)) hear(data);
    else if (leads)
      others.postMessage({ connection, position: place.position, history: place.history } satisfies Message);
  };
  const tell = (message: Message) => {
    hear(message);
    others.postMessage(message);
  };
  const lead = () =>
    new Promise<void>((resolve) => {
      ended.signal.addEventListener('abort', () => resolve());
      leads = true;
      connect(tell, ended.signal);
    });
  navigator.locks.request(name, { signal: ended.signal }, lead).catch(() => undefined);
  // Whoever comes later has not heard how the connection is.
  others.postMessage({ asks: true } satisfies Message);
  stop = () => {
    ended.abort();
    others.close();
    stop = null;
  };
  return stop;
}

function connect(tell: (message: Message) => void, ended: AbortSignal) {
  const query = place.position ? `?after=${place.position}` : '';
  const source = new EventSource(`${API}/api/v1/events${query}`, { withCredentials: API !== '' });
  ended.addEventListener('abort', () => source.close());
  const on = (name: string, said: (data: string) => Message[]) =>
    source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
      for (const each of said(data)) tell({ ...each, position: lastEventId || undefined });
    });
  const here = (missed: boolean) => (data: string) => {
    const { history } = JSON.parse(data) as Present;
    const another = place.history !== undefined && place.history !== history;
    const live: Message = { connection: 'live', history };
    return missed || another ? [{ reset: true } as const, live] : [live];
  };
  on('ready', here(false));
  on('reset', here(true));
  on('changed', (data) => [{ changed: JSON.parse(data) }]);
  on('signed-out', () => {
    source.close();
    return [{ over: true }];
  });
  source.onerror = async () => {
    if (ended.aborted) return;
    tell({ connection: navigator.onLine ? 'connecting' : 'offline' });
    // A browser tries again by itself, except after a refusal: then the token was too old, or there are no sessions left.
    if (source.readyState !== EventSource.CLOSED) return;
    await renew();
    setTimeout(() => !ended.aborted && connect(tell, ended), 3_000);
  };
}

/** Keeps what is on screen up to date: what a change concerns is read again; lists wait for their reader, see DataTable. */
export function follow(queries: QueryClient, over: () => void) {
  let waiting = new Set<string>();
  let later: ReturnType<typeof setTimeout> | undefined;
  const readAgain = () => {
    const paths = waiting;
    waiting = new Set();
    later = undefined;
    void queries.invalidateQueries({
      predicate: ({ queryKey: [method, path] }) =>
        method === 'get' && [...paths].some((each) => String(path).startsWith(each)),
    });
  };
  const listener = (message: Message) => {
    if ('over' in message) over();
    else if ('reset' in message) void queries.invalidateQueries();
    else if ('changed' in message) {
      for (const path of SHOWN_BY[message.changed.kind] ?? []) waiting.add(path);
      later ??= setTimeout(readAgain, 250);
    }
  };
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    clearTimeout(later);
  };
}

/** Hear of every change that concerns a list of the API; returns what ends it. */
export function onChangeOf(path: string, heard: (changed: Changed) => void) {
  const listener = (message: Message) => {
    if ('changed' in message && concerns(message.changed.kind, path)) heard(message.changed);
  };
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The last changes, newest first: a feed. */
export function useFeed(most: number) {
  const [feed, setFeed] = useState<(Changed & { at: string })[]>([]);
  useEffect(() => {
    const listener = (message: Message) => {
      if ('changed' in message)
        setFeed((before) => [{ ...message.changed, at: new Date().toISOString() }, ...before].slice(0, most));
    };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [most]);
  return feed;
}

export const useConnection = () =>
  useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    () => connection,
  );
