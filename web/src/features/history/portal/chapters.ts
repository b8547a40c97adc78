import { storyOf, type Told } from '~/ui/story';
import type { Entry } from '../fold';

/** One thing that is told, and how much of the history has happened once it has. */
export type Chapter = Told & { version: number; until: number };

/** Several histories as one, numbered in the order in which things happened. */
export const together = (...histories: readonly Entry[][]): Entry[] =>
  histories
    .flat()
    .sort((one, other) => (BigInt(one.position) < BigInt(other.position) ? -1 : 1))
    .map((entry, at) => ({ ...entry, number: at + 1 }));

/** What a borrower is told of a history; what only the machinery takes note of belongs to what was told before it. */
export function chaptersOf(items: readonly Entry[]): Chapter[] {
  const numbers = new Map(items.map((entry) => [entry.position, entry.number]));
  const story = storyOf([...items]);
  return story.map((told, at) => {
    const next = story[at + 1];
    return { ...told, version: at + 1, until: next ? (numbers.get(next.key) as number) - 1 : items.length };
  });
}
