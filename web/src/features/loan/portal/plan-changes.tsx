import { api } from '~/api/client';
import { date, longDate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Money } from '~/ui/money';
import { Answer } from '~/ui/states';
import table from '~/ui/table.module.css';
import { changesOf, reasonOf, totalOf, type Version } from './changes';
import s from './plan-changes.module.css';

/** Each time that the schedule changed: what, when and why, the latest first; every older one can still be read. */
export default function PlanChanges({ loanId }: { loanId: string }) {
  const versions = api.useQuery('get', '/api/v1/loans/{loan_id}/schedule-versions', {
    params: { path: { loan_id: loanId } },
  });
  return (
    <Answer of={versions} rows={2}>
      {(found) =>
        found.length > 1 && (
          <Card title={m.my_changes()} flush>
            <ol className={s.changes} aria-label={m.my_changes()}>
              {found
                .slice(1)
                .map((now, at) => <Change key={now.number} before={found[at] as Version} now={now} />)
                .reverse()}
            </ol>
          </Card>
        )
      }
    </Answer>
  );
}

const Change = ({ before, now }: { before: Version; now: Version }) => (
  <li>
    <p>
      <b>{m.my_change_on({ day: longDate(now.on), why: reasonOf(now) })}</b>
    </p>
    <ul className="num">
      {changesOf(before, now).map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
    <details>
      <summary>{m.my_change_before()}</summary>
      <Lines version={before} />
    </details>
  </li>
);

const Lines = ({ version }: { version: Version }) => (
  <table className={table.table}>
    <thead>
      <tr>
        <th scope="col">{m.plan_number()}</th>
        <th scope="col">{m.plan_due()}</th>
        <th scope="col" data-end>
          {m.plan_total()}
        </th>
        <th scope="col" data-end data-wide>
          {m.plan_interest()}
        </th>
      </tr>
    </thead>
    <tbody className="num">
      {version.lines.map((line) => (
        <tr key={line.number}>
          <td>{line.number}</td>
          <td>{date(line.due_on)}</td>
          <td data-end>
            <Money amount={totalOf(line)} currency={version.currency} />
          </td>
          <td data-end data-wide>
            <Money amount={line.interest} currency={version.currency} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
