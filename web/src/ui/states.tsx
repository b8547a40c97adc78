import { Button, Skeleton } from '@mantine/core';
import { IconCloudOff, IconInbox, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { NO_ANSWER, type Problem, problemOf } from '~/api/problem';
import { m } from '~/paraglide/messages';
import s from './pieces.module.css';

type EmptyProps = {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  icon?: typeof IconInbox;
  /** Nothing else is on the page: its title is the page's. */
  page?: boolean;
};

/** Nothing here: why, and what to do about it. */
export function Empty({ title, children, action, icon: Icon = IconInbox, page }: EmptyProps) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className={s.said}>
      <Icon size={22} stroke={1.5} aria-hidden="true" />
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {action && <div>{action}</div>}
    </div>
  );
}

type RefusedProps = { error: unknown; retry?: () => void; page?: boolean };

/** A question that was refused or not answered, in place of what was asked for; `page`: in place of the whole page. */
export function Refused({ error, retry, page }: RefusedProps) {
  const Heading = page ? 'h1' : 'h2';
  const problem = problemOf(error);
  const away = problem.type === NO_ANSWER;
  return (
    <div className={s.said} role="alert">
      {away ? (
        <IconCloudOff size={22} stroke={1.5} aria-hidden="true" />
      ) : (
        <IconLock size={22} stroke={1.5} aria-hidden="true" />
      )}
      <Heading>{titleOf(problem)}</Heading>
      <p>{away ? m.away_what_to_do() : problem.what_to_do}</p>
      {retry && (
        <div>
          <Button variant="default" onClick={retry}>
            {m.retry()}
          </Button>
        </div>
      )}
    </div>
  );
}

const titleOf = (problem: Problem) => (problem.type === NO_ANSWER ? m.away_title() : problem.title);

/** A change that was refused: the rule, the way out, and that nothing was changed. */
export function ProblemNote({ problem }: { problem: Problem | null }) {
  if (!problem || problem.type === 'stale') return null;
  const away = problem.type === NO_ANSWER;
  return (
    <div className={s.problem} role="alert">
      <b>{titleOf(problem)}</b>
      <p>{away ? m.away_sent() : problem.what_to_do}</p>
      {problem.errors?.map((each) => (
        <p key={each.field}>
          {each.field}: {each.message}
        </p>
      ))}
      {problem.request_id && problem.status >= 500 && <small>{m.problem_reference({ id: problem.request_id })}</small>}
    </div>
  );
}

/** While something loads; after a moment only, so that what is quick does not flash. */
export const Loading = ({ rows = 3 }: { rows?: number }) => (
  <div className={s.said} role="status" aria-label={m.loading()} data-loading="">
    {Array.from({ length: rows }, (_, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
      <Skeleton key={row} height={16} width="100%" />
    ))}
  </div>
);

type Asked<T> = { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };

type AnswerProps<T> = {
  of: Asked<T>;
  rows?: number;
  /** The heading of the page comes with the answer: while it is refused, the refusal is the heading. */
  page?: boolean;
  children: (data: T) => ReactNode;
};

/** What a question brings: loading, refused, or there. */
export function Answer<T>({ of, rows, page, children }: AnswerProps<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.isPending) return <Loading rows={rows} />;
  return <Refused error={of.error} retry={() => void of.refetch()} page={page} />;
}
