import { getRouteApi, Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { Money } from '~/ui/money';
import { Answer, Empty } from '~/ui/states';
import { entries } from '../balance';
import { accountTitle, movementWord } from '../words';
import { LedgerTabs } from './ledger-tabs';
import s from './posting.module.css';

type Entry = ReturnType<typeof entries>[number];
const route = getRouteApi('/_in/ledger/$loanId');

/** The entries that one loan made, each whole with its lines. */
export function LoanEntries() {
  const { loanId } = route.useParams();
  const lines = api.useQuery('get', '/api/v1/ledger/journal/{about}', { params: { path: { about: loanId } } });
  return (
    <>
      <PageHeader title={m.posting_ledger()} about={m.posting_of_loan_about()}>
        <Link to="/loans/$loanId" params={{ loanId }} className="link">
          {m.posting_to_loan()}
        </Link>
      </PageHeader>
      <LedgerTabs />
      <Answer of={lines} rows={8}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={m.posting_none()}>{m.posting_none_about()}</Empty>
          ) : (
            <Card flush title={m.posting_of_loan()}>
              {entries(found).map((entry) => (
                <EntryTable key={entry.first.posting_id} entry={entry} />
              ))}
            </Card>
          )
        }
      </Answer>
    </>
  );
}

const EntryTable = ({ entry: { first, lines } }: { entry: Entry }) => (
  <>
    <div className={s.entry} id={first.posting_id}>
      <b>{first.label}</b>
      <span className="mute">
        {movementWord(first.movement)} · {date(first.entry_on)}
      </span>
    </div>
    <table className={`${s.sheet} ${s.lines}`} aria-label={`${first.label}, ${date(first.entry_on)}`}>
      <thead className="sr">
        <tr>
          <th scope="col">{m.posting_account()}</th>
          <th scope="col">{m.posting_debit()}</th>
          <th scope="col">{m.posting_credit()}</th>
        </tr>
      </thead>
      <tbody className="num">
        {lines.map((line) => (
          <tr key={line.line}>
            <th scope="row">
              <span className={s.number}>{line.account}</span> {accountTitle(line.account)}
            </th>
            <td>{line.debit > 0 && <Money amount={line.debit} currency={line.currency} />}</td>
            <td>{line.credit > 0 && <Money amount={line.credit} currency={line.currency} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </>
);
