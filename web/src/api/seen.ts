/** By lane: how far something is. */
export type Positions = Record<string, string>;

/** Positions this browser knows of: reads wait until the read models are as far, so nobody misses what they have just done. */
const LASTS = 30_000;
const known = new Map<string, { position: bigint; until: number }>();

export function noteSeen(positions: Positions) {
  const until = performance.now() + LASTS;
  for (const [lane, text] of Object.entries(positions)) {
    const position = BigInt(text);
    const before = known.get(lane);
    if (!before || before.position < position) known.set(lane, { position, until });
  }
}

/** The header's value; absent when nothing happened lately: whatever is older is in the read models by now. */
export function readAfter(): string | undefined {
  const now = performance.now();
  const pairs = [...known].flatMap(([lane, { position, until }]) => (until < now ? [] : `${lane}=${position}`));
  return pairs.length ? pairs.join(', ') : undefined;
}

/** As far as whatever is read from now on. */
export const seenSoFar = (): Positions =>
  Object.fromEntries([...known].map(([lane, { position }]) => [lane, `${position}`]));

export const forgetSeen = () => known.clear();
