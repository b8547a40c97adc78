/** More validators of what stands in the address of a list; see search.ts. */

/** `2026-05-04`, and nothing that only looks like it. */
export const day = (value: unknown): string | undefined =>
  typeof value === 'string' && /^2\d{3}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

/** Several of a list, written with commas as the API takes them. */
export const someOf = (value: unknown, list: readonly string[]): string | undefined => {
  const known = typeof value === 'string' ? value.split(',').filter((each) => list.includes(each)) : [];
  return known.length ? known.join(',') : undefined;
};

/** An id, as ids stand in addresses. */
export const id = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value : undefined;
