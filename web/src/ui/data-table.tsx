import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactNode, useEffect, useRef } from 'react';
import { counted } from '~/lib/count';
import { integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Loading, Refused } from './states';
import s from './table.module.css';
import { useList } from './use-list';

export type Column<Row> = {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Amounts and counts stand at the end of their column. */
  end?: boolean;
  /** Left out on a phone. */
  wide?: boolean;
  /** Its corner on a phone, where a row is two lines of two; the columns without one are left out there. */
  phone?: 'name' | 'value' | 'about' | 'aside';
  /** The name that the API sorts by; without one the column cannot be sorted. */
  sort?: string;
};

type DataTableProps<Row> = {
  /** What the list is, for whoever does not see it. */
  label: string;
  /** The API's list, with what the address says of filters. */
  path: string;
  params: Record<string, string | number | boolean | undefined>;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  /** Opens a row: by click, or Enter. The first cell should be a link as well. */
  onOpen?: (row: Row) => void;
  /** `-requested_on`: as it stands in the address. */
  sort?: string;
  onSort?: (sort: string | undefined) => void;
  /** Filters, search, export: on one line above. */
  tools?: ReactNode;
  empty: ReactNode;
  /** How many there are in all, where another question says so. */
  total?: number;
  foot?: (rows: Row[]) => ReactNode;
};

const ROW = 42;
const TWO_LINES = 66;
const AHEAD = 12;
const AT_ONCE = 100;

/** A list of any length: read page by page as it is scrolled, and only the rows in sight are drawn. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, path, params, columns, rowKey, onOpen, sort, onSort, tools, empty, foot, total } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const query = { ...params, ...(sort ? { sort } : {}), limit: AT_ONCE };
  const { list, rows, news } = useList<Row>(path, query);
  const two = useTwoLines(columns);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => (two ? TWO_LINES : ROW),
    overscan: AHEAD,
    onChange: (now) => {
      const last = now.getVirtualItems().at(-1);
      if (last && last.index >= rows.length - AHEAD * 2 && list.hasNextPage && !list.isFetchingNextPage)
        void list.fetchNextPage();
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a phone that is turned has rows of another height
  useEffect(() => virtual.measure(), [two, virtual]);
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);

  return (
    <div className={s.box}>
      {tools && <div className={s.tools}>{tools}</div>}
      {news > 0 && (
        <div className={s.news} role="status">
          <button type="button" onClick={() => void list.refetch()}>
            {counted(news, m.list_news_one, m.list_news)}
          </button>
        </div>
      )}
      {list.isError && !list.data ? (
        <Refused error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading rows={8} />
      ) : rows.length === 0 ? (
        empty
      ) : (
        <>
          <section className={s.scroll} ref={scroll} tabIndex={0} aria-label={label} aria-busy={list.isFetching}>
            <table
              className={s.table}
              data-two={hasCorners(columns) || undefined}
              aria-rowcount={list.hasNextPage ? -1 : rows.length + 1}
              onKeyDown={walk}
            >
              <thead>
                <tr aria-rowindex={1}>
                  {columns.map((column) => (
                    <Header key={column.id} column={column} sort={sort} onSort={onSort} />
                  ))}
                </tr>
              </thead>
              <tbody className="num">
                {above > 0 && <Gap height={above} />}
                {shown.map(({ index }) => {
                  const row = rows[index] as Row;
                  return (
                    <Line
                      key={rowKey(row)}
                      row={row}
                      index={index}
                      columns={columns as Column<unknown>[]}
                      onOpen={onOpen as never}
                    />
                  );
                })}
                {below > 0 && <Gap height={below} />}
              </tbody>
            </table>
          </section>
          <div className={s.foot}>
            <span>
              {total == null
                ? list.hasNextPage
                  ? m.list_shown_more({ count: integer(rows.length) })
                  : counted(rows.length, m.list_shown_one, m.list_shown)
                : counted(total, m.list_shown_one, m.list_shown)}
            </span>
            {foot?.(rows)}
          </div>
        </>
      )}
    </div>
  );
}

const Gap = ({ height }: { height: number }) => (
  <tr className={s.gap} aria-hidden="true">
    <td style={{ height }} />
  </tr>
);

/** How a cell stands: at the end, on wide screens only, in which corner on a phone. */
export const placed = ({ end, wide, phone }: Column<never>) => ({
  'data-end': end || undefined,
  'data-wide': wide || undefined,
  'data-phone': phone,
});

export const hasCorners = (columns: Column<never>[]) => columns.some((column) => column.phone);

const useTwoLines = (columns: Column<never>[]) => useMediaQuery('(max-width: 40em)') && hasCorners(columns);

type HeaderProps = { column: Column<never>; sort?: string; onSort?: (sort: string | undefined) => void };

function Header({ column, sort, onSort }: HeaderProps) {
  const by = column.sort;
  const up = sort === by;
  const down = sort === `-${by}`;
  const common = { scope: 'col', ...placed(column) } as const;
  if (!by || !onSort) return <th {...common}>{column.header}</th>;
  const Icon = up ? IconArrowUp : down ? IconArrowDown : IconArrowsSort;
  return (
    <th {...common} aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}>
      <button type="button" onClick={() => onSort(down ? by : up ? undefined : `-${by}`)}>
        {column.header}
        <Icon size={13} stroke={1.8} aria-hidden="true" />
      </button>
    </th>
  );
}

type LineProps = { row: unknown; index: number; columns: Column<unknown>[]; onOpen?: (row: unknown) => void };

const Line = memo(function Line({ row, index, columns, onOpen }: LineProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      data-open={onOpen ? '' : undefined}
      tabIndex={onOpen ? (index === 0 ? 0 : -1) : undefined}
      onClick={(event) => !(event.target as Element).closest('a,button,input') && onOpen?.(row)}
      onKeyDown={(event) => event.key === 'Enter' && event.target === event.currentTarget && onOpen?.(row)}
    >
      {columns.map((column) => (
        <td key={column.id} {...placed(column)}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
});

/** Arrows walk through the rows. */
function walk(event: KeyboardEvent) {
  const row = (event.target as Element).closest('tbody tr');
  if (!row || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
  const next = event.key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling;
  if (!(next instanceof HTMLElement) || next.tabIndex === undefined || next.ariaHidden) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}
