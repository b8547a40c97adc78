import { Button } from '@mantine/core';
import type { Command, Difference } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import s from './conflict.module.css';
import { Actions, Dialog } from './dialog';
import { ProblemNote } from './states';

/** What became of a command: a refusal in its place, or, on a conflict, what changed meanwhile. */
export function Outcome({ of }: { of: Command }) {
  if (!of.changed) return <ProblemNote problem={of.problem} />;
  return <ChangedMeanwhile differences={of.changed} onClose={of.reset} />;
}

type ChangedProps = { differences: Difference[]; onClose: () => void };

function ChangedMeanwhile({ differences, onClose }: ChangedProps) {
  return (
    <Dialog title={m.changed_title()} onClose={onClose}>
      <p>{m.changed_about()}</p>
      {differences.length > 0 && (
        <dl className={s.changes}>
          {differences.map((each) => (
            <div key={each.field}>
              <dt>{each.label}</dt>
              <dd>
                <del>
                  <span className="sr">{m.before()} </span>
                  {each.before}
                </del>
                <ins>
                  <span className="sr">{m.after()} </span>
                  {each.after}
                </ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Actions>
        <Button onClick={onClose}>{m.changed_look()}</Button>
      </Actions>
    </Dialog>
  );
}
