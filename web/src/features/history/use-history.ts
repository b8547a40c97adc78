import { useQuery } from '@tanstack/react-query';
import { client } from '~/api/client';
import type { Told } from './fold';

/** Whose history: loans, contracts and customers have one. */
export type File = { of: 'loans' | 'contracts' | 'customers'; id: string };

const AT_ONCE = 200;

/** A history whole, read in pages: states are folded from its beginning. */
export function useHistory({ of, id }: File) {
  const path = `/api/v1/${of}/${id}/history`;
  // Keyed like every read of the API: read again when a live change concerns it.
  return useQuery({ queryKey: ['get', path], queryFn: ({ signal }) => readWhole(path, signal) });
}

async function readWhole(path: string, signal: AbortSignal): Promise<Told> {
  const pages: Told[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: AT_ONCE, cursor };
    const { data, error } = await client.GET(path as never, { params: { query }, signal } as never);
    if (error) throw error;
    pages.push(data as Told);
    cursor = (data as Told).next ?? undefined;
  } while (cursor);
  const last = pages.at(-1) as Told;
  return { ...last, items: pages.flatMap((page) => page.items) };
}
