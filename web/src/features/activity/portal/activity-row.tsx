import { Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Line } from '~/ui/lines';
import { isOfMoney, ownTitle, whoDid } from '~/ui/told';

type Entry = components['schemas']['ActivityEntry'];

/** One thing that happened; leads to the loan it is about. */
export function ActivityRow({ entry }: { entry: Entry }) {
  const title = ownTitle(entry.event);
  const known = entry.amount !== null && entry.currency && isOfMoney(entry.event);
  const amount = known ? money(entry.amount as number, entry.currency as string) : null;
  const said = amount ? m.story_amount({ title, amount }) : title;
  const hint = [entry.reference, whoDid(entry.by)].filter(Boolean).join(' · ');
  return (
    <Line
      opens={entry.loan_id !== null}
      title={
        entry.loan_id ? (
          <Link to="/loans/$loanId" params={{ loanId: entry.loan_id }}>
            {said}
          </Link>
        ) : (
          said
        )
      }
      hint={hint || undefined}
    >
      <span className="mute num">{date(entry.on)}</span>
    </Line>
  );
}
