import { Button } from '@mantine/core';
import { IconReceipt } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Line, Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import s from './payments.module.css';
import { methodOf, Receipt } from './receipt';

type Loan = components['schemas']['LoanEntry'];
type Repayment = components['schemas']['RepaymentLine'];

/** Every payment that came in for a loan, the latest first, each with its receipt. */
export function Received({ loan }: { loan: Loan }) {
  const list = api.useQuery('get', '/api/v1/loans/{loan_id}/repayments', {
    params: { path: { loan_id: loan.loan_id } },
  });
  const [open, setOpen] = useState<Repayment | null>(null);
  return (
    <Card title={m.my_loan_repayments()} flush>
      <Answer of={list} rows={5}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={m.payments_none()} icon={IconReceipt}>
              {m.payments_none_about()}
            </Empty>
          ) : (
            <Lines label={m.my_loan_repayments()}>
              {latestFirst(rows).map((each) => (
                <Line
                  key={each.repayment_id}
                  icon={IconReceipt}
                  title={date(each.value_date)}
                  hint={each.reversed ? m.payment_reversed() : methodOf(each.method)}
                >
                  <span className={`num ${s.amount}`}>
                    {each.reversed ? <del>{money(each.amount, each.currency)}</del> : money(each.amount, each.currency)}
                  </span>
                  <Button
                    variant="default"
                    aria-label={m.receipt_of({ day: date(each.value_date) })}
                    onClick={() => setOpen(each)}
                  >
                    {m.receipt()}
                  </Button>
                </Line>
              ))}
            </Lines>
          )
        }
      </Answer>
      {open && <Receipt repayment={open} loan={loan} onClose={() => setOpen(null)} />}
    </Card>
  );
}

const latestFirst = (rows: readonly Repayment[]) =>
  [...rows].sort((one, other) => other.value_date.localeCompare(one.value_date));
