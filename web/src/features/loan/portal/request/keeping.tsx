import { Button } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Actions, Dialog } from '~/ui/dialog';
import s from './wizard.module.css';

type FoundProps = { draft: { found: { at: number } | null }; onResume: () => void; onDiscard: () => void };

/** What was begun another day, and not sent. */
export const Found = ({ draft, onResume, onDiscard }: FoundProps) =>
  draft.found && (
    <div className={s.found} role="status">
      <p>{m.request_found({ at: moment(new Date(draft.found.at).toISOString()) })}</p>
      <Actions>
        <Button variant="default" onClick={onDiscard}>
          {m.request_discard()}
        </Button>
        <Button onClick={onResume}>{m.request_resume()}</Button>
      </Actions>
    </div>
  );

/** Leaving halfway asks: what was typed is kept, or thrown away. */
export function Leaving({ when, onForget }: { when: RefObject<boolean>; onForget: () => void }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => when.current && current.pathname !== next.pathname,
    // A closed tab asks nothing: the draft is in this browser.
    enableBeforeUnload: false,
    withResolver: true,
  });
  if (status !== 'blocked') return null;
  return (
    <Dialog title={m.request_leave()} onClose={reset}>
      <p>{m.request_leave_about()}</p>
      <Actions>
        <Button
          variant="default"
          onClick={() => {
            onForget();
            proceed();
          }}
        >
          {m.request_leave_forget()}
        </Button>
        <Button onClick={proceed}>{m.request_leave_keep()}</Button>
      </Actions>
    </Dialog>
  );
}
