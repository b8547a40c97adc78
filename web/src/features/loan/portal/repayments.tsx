import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Line, Lines } from '~/ui/lines';
import { Answer } from '~/ui/states';
import s from './repayments.module.css';

const SHOWN = 3;

/** The last payments of a loan; all of them are under payments. */
export function Repayments({ loanId, currency }: { loanId: string; currency: string }) {
  const list = api.useQuery('get', '/api/v1/loans/{loan_id}/repayments', { params: { path: { loan_id: loanId } } });
  return (
    <Card
      title={m.my_loan_repayments()}
      aside={
        <Link className="link" to="/payments" search={{ loan: loanId }}>
          {m.loan_repayments_all()}
        </Link>
      }
      flush
    >
      <Answer of={list}>
        {(rows) =>
          rows.length === 0 ? (
            <p className={s.none}>{m.loan_repayments_empty()}</p>
          ) : (
            <Lines label={m.my_loan_repayments()}>
              {[...rows]
                .sort((one, other) => other.value_date.localeCompare(one.value_date))
                .slice(0, SHOWN)
                .map((each) => (
                  <Line key={each.repayment_id} title={date(each.value_date)} hint={each.reference}>
                    <span className="num">
                      {each.reversed ? <del>{money(each.amount, currency)}</del> : money(each.amount, currency)}
                    </span>
                  </Line>
                ))}
            </Lines>
          )
        }
      </Answer>
    </Card>
  );
}
