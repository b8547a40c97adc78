import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { counted } from '~/lib/count';
import { integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from './card';
import s from './queue.module.css';
import { Empty, Loading, Refused } from './states';
import { useKeys } from './use-keys';
import { useList } from './use-list';

type QueueProps<Row> = {
  title: string;
  path: string;
  params: Record<string, string | number | undefined>;
  rowKey: (row: Row) => string;
  /** Two lines of two: who and how much, what and since when. */
  face: (row: Row) => readonly [readonly [ReactNode, ReactNode], readonly [ReactNode, ReactNode]];
  chosen: string | undefined;
  onChoose: (key: string | undefined) => void;
  /** What other keys do here. */
  keys?: readonly (readonly [key: string, does: string])[];
  /** Search and filters. */
  tools?: ReactNode;
  empty: ReactNode;
  /** What is shown of the chosen one. */
  children: (key: string) => ReactNode;
};

const AT_ONCE = 50;

/** What waits, one after the other: the list on the left, the chosen one on the right. `J` and `K` walk through it. */
export function Queue<Row>(props: QueueProps<Row>) {
  const { title, path, params, rowKey, face, chosen, onChoose, keys: more = [], tools, empty, children } = props;
  const query = { ...params, limit: AT_ONCE };
  const { list, rows, news } = useList<Row>(path, query);
  const keys = rows.map(rowKey);
  const at = chosen ? keys.indexOf(chosen) : -1;
  const step = (by: number) => keys.length > 0 && onChoose(keys[Math.max(0, Math.min(keys.length - 1, at + by))]);
  useKeys({ j: () => step(1), k: () => step(-1) });
  const first = keys[0];
  // Beside the list there is room for one: the first, until another one is chosen.
  useEffect(() => {
    if (!chosen && first && matchMedia('(min-width: 62em)').matches) onChoose(first);
  }, [chosen, first, onChoose]);
  const box = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list follows the keys
  useEffect(() => {
    box.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <div className={s.queue} data-chosen={chosen ? '' : undefined}>
      <div className={s.side}>
        <Card
          title={title}
          aside={
            <span className="mute num">
              {integer(rows.length)}
              {list.hasNextPage && '+'}
            </span>
          }
          flush
        >
          {tools}
          {list.isError && !list.data ? (
            <Refused error={list.error} retry={() => void list.refetch()} />
          ) : list.isPending ? (
            <Loading rows={5} />
          ) : rows.length === 0 ? (
            empty
          ) : (
            <ul className={s.list} ref={box}>
              {rows.map((row) => (
                <li key={rowKey(row)}>
                  <Face row={face(row)} current={rowKey(row) === chosen} onClick={() => onChoose(rowKey(row))} />
                </li>
              ))}
            </ul>
          )}
          <div className={s.foot}>
            <span className={s.keys} aria-hidden="true">
              <kbd>J</kbd>
              <kbd>K</kbd>
              {m.queue_walk()}
              {more.map(([key, does]) => (
                <span key={key}>
                  {' · '}
                  <kbd>{key}</kbd>
                  {does}
                </span>
              ))}
            </span>
            {news > 0 && (
              <button type="button" className="link" onClick={() => void list.refetch()}>
                {counted(news, m.list_news_one, m.list_news)}
              </button>
            )}
            {list.hasNextPage && (
              <Button
                variant="default"
                size="compact-sm"
                loading={list.isFetchingNextPage}
                onClick={() => void list.fetchNextPage()}
              >
                {m.queue_more()}
              </Button>
            )}
          </div>
        </Card>
      </div>
      <div className={s.panel}>
        {chosen ? (
          <>
            <Button
              className={s.back}
              variant="subtle"
              size="compact-sm"
              leftSection={<IconArrowLeft size={15} aria-hidden="true" />}
              onClick={() => onChoose(undefined)}
            >
              {m.queue_back()}
            </Button>
            {children(chosen)}
          </>
        ) : (
          rows.length > 0 && (
            <Card>
              <Empty title={m.queue_choose()}>{m.queue_choose_about()}</Empty>
            </Card>
          )
        )}
      </div>
    </div>
  );
}

type FaceProps = {
  row: readonly [readonly [ReactNode, ReactNode], readonly [ReactNode, ReactNode]];
  current: boolean;
  onClick: () => void;
};

const Face = ({ row: [first, second], current, onClick }: FaceProps) => (
  <button type="button" aria-current={current ? 'true' : undefined} onClick={onClick}>
    <span className={s.face}>
      <b>{first[0]}</b>
      <span className="num">{first[1]}</span>
    </span>
    <span className={s.face}>
      <span>{second[0]}</span>
      <span className="num">{second[1]}</span>
    </span>
  </button>
);
