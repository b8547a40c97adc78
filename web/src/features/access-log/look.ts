/** The account of `account:10a0…`; null for a link, or for nobody. */
export const accountOf = (who: string): string | null => (who.startsWith('account:') ? who.slice(8) : null);

/** Two days of the reader's calendar, both within, as the moments that the API asks for: not before, and before. */
export function spanOf(from: string | undefined, to: string | undefined): { from?: string; to?: string } {
  const begin = from && new Date(`${from}T00:00:00`);
  const end = to && new Date(`${to}T00:00:00`);
  if (end) end.setDate(end.getDate() + 1);
  return { from: begin ? begin.toISOString() : undefined, to: end ? end.toISOString() : undefined };
}
