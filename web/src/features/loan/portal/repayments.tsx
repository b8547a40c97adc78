import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Line, Lines } from '~/ui/lines';
import { Answer } from '~/ui/states';
import s from './repayments.module.css';

const SHOWN = 3;

type Repayment = components['schemas']['RepaymentLine'];

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
                  <Line
                    key={each.repayment_id}
                    title={date(each.value_date)}
                    hint={each.reversed ? m.payment_reversed() : paid(each, currency)}
                  >
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

/** What it paid when it came in; its receipt says what it pays since. */
const paid = (each: Repayment, currency: string) =>
  each.reallocated.length > 0
    ? m.my_paid_otherwise()
    : [
        [m.my_paid_interest(), each.interest] as const,
        [m.my_paid_principal(), each.principal] as const,
        [m.my_paid_charges(), each.charges] as const,
        [m.my_paid_waiting(), each.advance] as const,
      ]
        .filter(([, amount]) => amount > 0)
        .map(([what, amount]) => `${what} ${money(amount, currency)}`)
        .join(' · ');
