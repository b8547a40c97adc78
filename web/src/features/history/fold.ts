import type { components } from '~/api/schema';

export type Entry = components['schemas']['HistoryEntry'];
export type Told = components['schemas']['History'];
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Change = { field: string; before?: unknown; after?: unknown };
export type State = { [key: string]: Json };

/** One stream of a file: what it was at some moment. */
export type Stream = { id: string; kind: string; state: State };

/** A state with one change made; what did not change is shared with the state before. */
export function changed(state: State, { field, after }: Change): State {
  return put(state, field.split('.'), after as Json) as State;
}

function put(place: Json | undefined, way: string[], value: Json): Json {
  const [step, ...rest] = way;
  if (step === undefined) return value;
  if (Array.isArray(place)) {
    const copy = [...place];
    copy[Number(step)] = put(place[Number(step)], rest, value);
    return copy;
  }
  const inside = place !== null && typeof place === 'object' ? place : {};
  return { ...inside, [step]: put(inside[step], rest, value) };
}

/** What every stream of a file was when its first `number` events had happened, in the order in which they began. */
export function stateAt(entries: readonly Entry[], number: number): Stream[] {
  const streams = new Map<string, Stream>();
  for (const entry of entries) {
    if (entry.number > number) break;
    const before = streams.get(entry.id)?.state ?? {};
    streams.set(entry.id, { id: entry.id, kind: entry.kind, state: entry.changes.reduce(changed, before) });
  }
  return [...streams.values()];
}

/** Everybody who is named in a history, by account. */
export function peopleOf(entries: readonly Entry[]): Map<string, string> {
  return new Map(entries.flatMap(({ by }) => (by.account && by.label ? [[by.account, by.label] as const] : [])));
}
