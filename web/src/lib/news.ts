import { useEffect, useState } from 'react';
import type { Positions } from '~/api/seen';
import { onChangeOf } from './live';

/** How far the last change of each thing is, by its id. */
type Heard = ReadonlyMap<string, Positions>;

/** The changes that are not in what was read: one's own commands are, for a list is read again after them. */
export const unread = (heard: Heard, read: Positions): Heard =>
  new Map([...heard].filter(([, positions]) => !isIn(positions, read)));

const isIn = (positions: Positions, read: Positions) =>
  Object.entries(positions).every(([lane, position]) => BigInt(position) <= BigInt(read[lane] ?? -1));

const NOTHING: Heard = new Map();

/**
 * How many things changed since a list was read.
 *
 * read  how far it was then
 */
export function useNews(path: string, read: Positions): number {
  const [heard, setHeard] = useState(NOTHING);
  useEffect(
    () => onChangeOf(path, ({ id, positions }) => setHeard((before) => new Map(before).set(id, positions))),
    [path],
  );
  useEffect(() => setHeard((before) => (before.size ? unread(before, read) : before)), [read]);
  return heard.size && unread(heard, read).size;
}
