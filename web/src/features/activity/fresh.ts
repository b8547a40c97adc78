type Placed = { position: string };

/** How many of what came lately are newer than the newest that is held still. */
export function fresh(now: Placed[], held: Placed[] | null): number {
  const top = held?.[0];
  if (!top) return held ? now.length : 0;
  return now.filter((each) => BigInt(each.position) > BigInt(top.position)).length;
}
