import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { client } from '~/api/client';
import { type Positions, seenSoFar } from '~/api/seen';
import { useNews } from '~/lib/news';

type Query = Record<string, string | number | boolean | undefined>;
type Answer<Row> = { items: Row[]; next: string | null };
type Page<Row> = Answer<Row> & { read: Positions };

const NOWHERE: Positions = {};

/** A list of the API, page by page. It does not move under its reader: how much changed since is said beside it. */
export function useList<Row>(path: string, query: Query) {
  const list = useInfiniteQuery<Page<Row>, unknown, InfiniteData<Page<Row>>, readonly unknown[], string | undefined>({
    queryKey: ['list', path, query],
    initialPageParam: undefined,
    queryFn: ({ pageParam, signal }) => readPage<Row>(path, { ...query, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
  const unread = useNews(path, list.data?.pages[0]?.read ?? NOWHERE);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  // While it is being read again nobody needs to ask for that.
  return { list, rows, news: list.isRefetching ? 0 : unread };
}

async function readPage<Row>(path: string, query: Query, signal: AbortSignal): Promise<Page<Row>> {
  const read = seenSoFar();
  const { data, error, response } = await client.GET(path as never, { params: { query }, signal } as never);
  if (error) throw error;
  const reached = response.headers.get('Read-After-Reached') !== 'false';
  return { ...(data as Answer<Row>), read: reached ? read : NOWHERE };
}
