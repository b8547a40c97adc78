import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { Money } from '~/ui/money';
import { Answer, Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { sheets } from '../balance';
import { accountTitle } from '../words';
import { LedgerTabs } from './ledger-tabs';
import s from './posting.module.css';

type Sheet = ReturnType<typeof sheets>[number];

/** Both sides of every account, currency by currency; they come to the same, and the page says so. */
export function TrialBalance() {
  const balance = api.useQuery('get', '/api/v1/ledger/trial-balance');
  return (
    <>
      <PageHeader title={m.posting_ledger()} about={m.posting_trial_balance_about()} />
      <LedgerTabs />
      <Answer of={balance} rows={8}>
        {(accounts) =>
          accounts.length === 0 ? (
            <Empty title={m.posting_none()}>{m.posting_none_about()}</Empty>
          ) : (
            <div className="stack">
              {sheets(accounts).map((sheet) => (
                <SheetCard key={sheet.currency} sheet={sheet} />
              ))}
            </div>
          )
        }
      </Answer>
    </>
  );
}

const SheetCard = ({ sheet: { currency, rows, debit, credit, balanced } }: { sheet: Sheet }) => (
  <Card
    flush
    title={m.posting_sheet({ currency })}
    aside={
      <Status tone={balanced ? 'solid' : 'bad'}>{balanced ? m.posting_balanced() : m.posting_unbalanced()}</Status>
    }
  >
    <section className={s.scroll} tabIndex={0} aria-label={m.posting_sheet({ currency })}>
      <table className={s.sheet}>
        <thead>
          <tr>
            <th scope="col">{m.posting_account()}</th>
            <th scope="col">{m.posting_debit()}</th>
            <th scope="col">{m.posting_credit()}</th>
            <th scope="col">{m.posting_balance()}</th>
          </tr>
        </thead>
        <tbody className="num">
          {rows.map((row) => (
            <tr key={row.account}>
              <th scope="row">
                <Link to="/ledger" search={{ account: row.account }} className="link">
                  <span className={s.number}>{row.account}</span>
                </Link>{' '}
                {accountTitle(row.account)}
              </th>
              <td>
                <Money amount={row.debit} currency={currency} />
              </td>
              <td>
                <Money amount={row.credit} currency={currency} />
              </td>
              <td>
                <Money amount={row.balance} currency={currency} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot className="num">
          <tr>
            <th scope="row">{m.posting_total()}</th>
            <td>
              <Money amount={debit} currency={currency} />
            </td>
            <td>
              <Money amount={credit} currency={currency} />
            </td>
            <td>
              <Money amount={debit - credit} currency={currency} />
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  </Card>
);
