import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { client } from './client';
import type { paths } from './schema';

type Answered<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Answer } } } };
}
  ? Answer
  : never;

/** What a list of the API consists of. */
export type RowOf<P extends keyof paths> = Answered<P> extends { items: (infer Row)[] } ? Row : never;

type Query = Record<string, string | number | boolean | undefined>;
type Page<Row> = { items: Row[]; next: string | null };

/** A list page by page: `data` holds the rows so far, `fetchNextPage` brings more. Live changes read it again, like every question. */
export function usePages<P extends keyof paths>(path: P, query: Query = {}, enabled = true) {
  return useInfiniteQuery<Page<RowOf<P>>, unknown, RowOf<P>[], readonly unknown[], string | undefined>({
    queryKey: ['get', path, query, 'pages'],
    initialPageParam: undefined,
    queryFn: async ({ pageParam, signal }) => {
      const asked = { params: { query: { ...query, cursor: pageParam } }, signal };
      const { data, error } = await client.GET(path as never, asked as never);
      if (error) throw error;
      return data as Page<RowOf<P>>;
    },
    getNextPageParam: (page) => page.next ?? undefined,
    select: (all: InfiniteData<Page<RowOf<P>>>) => all.pages.flatMap((page) => page.items),
    enabled,
  });
}
