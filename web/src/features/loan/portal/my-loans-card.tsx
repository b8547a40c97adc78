import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Answer, Empty } from '~/ui/states';
import { LoanLine } from './loan-line';
import s from './loans.module.css';

const SHOWN = 4;

/** The loans that matter now, with how far they are. */
export function MyLoansCard() {
  const loans = api.useQuery('get', '/api/v1/loans', { params: { query: { limit: SHOWN + 1 } } });
  return (
    <Card
      title={m.my_loans()}
      aside={
        <Link to="/loans/new" className="link">
          {m.loan_new_request()}
        </Link>
      }
      flush
    >
      <Answer of={loans}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty
              title={m.my_loans_empty()}
              action={
                <Button variant="default" renderRoot={(props) => <Link to="/loans/new" {...props} />}>
                  {m.loan_ask()}
                </Button>
              }
            >
              {m.my_loans_empty_about()}
            </Empty>
          ) : (
            <>
              <ul className={s.list}>
                {items.slice(0, SHOWN).map((loan) => (
                  <LoanLine key={loan.loan_id} loan={loan} />
                ))}
              </ul>
              {items.length > SHOWN && (
                <div className={s.foot}>
                  <Link to="/loans" className="link">
                    {m.my_loans_all()} →
                  </Link>
                </div>
              )}
            </>
          )
        }
      </Answer>
    </Card>
  );
}
