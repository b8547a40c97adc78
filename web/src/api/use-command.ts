import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { asked } from './client';
import type { AnswerOf, BodyOf, Operation, PathOf } from './operation';
import { isUnknown, type Problem, problemOf, readProblem } from './problem';
import { noteSeen } from './seen';
import { API } from './session';

type Row = Record<string, unknown>;
type Versioned = { version?: number | null };
/** Names and values of fields in words; undefined leaves a field out. */
export type Described = (field: string, value: unknown) => { label: string; value: ReactNode } | undefined;
export type Difference = { field: string; label: string; before: ReactNode; after: ReactNode };

/** The row on screen: its version is sent, and on a conflict what changed meanwhile is said, in words. */
type Seen = {
  seen: Versioned;
  /** Reads the row anew. */
  reread: () => Promise<object | undefined>;
  describe: Described;
};
type Unseen = { seen?: undefined; reread?: undefined; describe?: undefined };

type Asked<O extends Operation> = (PathOf<O> extends undefined ? { path?: undefined } : { path: PathOf<O> }) &
  (BodyOf<O> extends undefined ? { body?: undefined } : { body: BodyOf<O> }) & {
    /** Instead of a JSON body. */
    form?: FormData;
  } & (Seen | Unseen);

type Wish = { path?: Row; body?: unknown; form?: FormData } & (Seen | Unseen);

const PAUSES = [400, 1_600];

/** One intention of a person: asked until the answer is known, under one key, so that it happens once. */
export function useCommand<O extends Operation>(operation: O) {
  const queries = useQueryClient();
  const intention = useRef<{ content: string; key: string } | null>(null);
  const [pending, setPending] = useState(false);
  const latest = useRef<Problem | null>(null);
  const [, drawn] = useState<Problem | null>(null);
  const [changed, setChanged] = useState<Difference[] | null>(null);

  const setProblem = (problem: Problem | null) => {
    latest.current = problem;
    drawn(problem);
  };

  async function send(wish: Asked<O>): Promise<AnswerOf<O> | null> {
    const content = JSON.stringify([wish.path, wish.body, wish.seen?.version]);
    if (intention.current?.content !== content) intention.current = { content, key: crypto.randomUUID() };
    setPending(true);
    setProblem(null);
    setChanged(null);
    const said = await asking(operation, wish as Wish, intention.current.key);
    if ('refused' in said) {
      if (!isUnknown(said.refused)) intention.current = null;
      if (said.refused.type === 'stale') {
        setChanged(wish.seen ? await differences(wish) : []);
        void queries.invalidateQueries();
      }
      setProblem(said.refused);
      setPending(false);
      return null;
    }
    intention.current = null;
    const { positions } = (said.answer ?? {}) as { positions?: Record<string, string> };
    if (positions) noteSeen(positions);
    await queries.invalidateQueries();
    setPending(false);
    return said.answer as AnswerOf<O>;
  }

  const reset = () => {
    setProblem(null);
    setChanged(null);
  };
  return {
    operation,
    send,
    pending,
    changed,
    reset,
    /** The last refusal, also for a handler that began before it. */
    get problem() {
      return latest.current;
    },
  };
}

export type Command = Pick<ReturnType<typeof useCommand>, 'problem' | 'changed' | 'reset' | 'pending'>;

async function asking(operation: Operation, wish: Wish, key: string) {
  for (const pause of [...PAUSES, null]) {
    const refused = await once(operation, wish, key);
    if (!('refused' in refused) || !isUnknown(refused.refused) || pause === null) return refused;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error('unreachable');
}

async function once(
  operation: Operation,
  wish: Wish,
  key: string,
): Promise<{ answer: unknown } | { refused: Problem }> {
  const { path, body, seen, form } = wish;
  const address = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(path?.[name])));
  const headers = new Headers({ 'Idempotency-Key': key });
  if (seen?.version != null) headers.set('If-Match', `"${seen.version}"`);
  if (body !== undefined && !form) headers.set('Content-Type', 'application/json');
  const sent = form ?? (body === undefined ? undefined : JSON.stringify(body));
  try {
    const answer = await asked(
      new Request(`${API || location.origin}${address}`, {
        method: 'POST',
        headers,
        body: sent,
        credentials: API ? 'include' : 'same-origin',
      }),
    );
    return answer.ok ? { answer: await answer.json() } : { refused: await readProblem(answer) };
  } catch (lost) {
    return { refused: problemOf(lost) };
  }
}

async function differences({ seen, reread, describe: say }: Seen): Promise<Difference[]> {
  const known = seen as Row;
  const fresh = (await reread().catch(() => undefined)) as Row | undefined;
  const fields = Object.keys(fresh ?? {}).filter((field) => !isSame(known[field], fresh?.[field]));
  return fields.flatMap((field) => {
    const before = say(field, known[field]);
    const after = say(field, fresh?.[field]);
    return before && after ? [{ field, label: after.label, before: before.value, after: after.value }] : [];
  });
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
