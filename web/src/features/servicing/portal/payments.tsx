import { Button } from '@mantine/core';
import { IconReceipt } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { Choice } from '~/ui/choice';
import { Answer, Empty } from '~/ui/states';
import s from './payments.module.css';
import { Received } from './received';
import { ToPay } from './to-pay';

const route = getRouteApi('/_in/payments/');
type Loan = components['schemas']['LoanEntry'];

/** What is to be paid, how, and what was received. */
export function Payments() {
  const loans = api.useQuery('get', '/api/v1/loans', {
    params: { query: { status: 'disbursed,repaid,written-off,recovered', limit: 100 } },
  });
  return (
    <>
      <PageHeader title={m.nav_payments()} about={m.payments_about()} />
      <Answer of={loans} rows={8}>
        {({ items }) =>
          items.length === 0 ? (
            <Card flush>
              <Empty
                title={m.payments_empty()}
                icon={IconReceipt}
                action={
                  <Button variant="default" renderRoot={(props) => <Link to="/loans" {...props} />}>
                    {m.my_loans()}
                  </Button>
                }
              >
                {m.payments_empty_about()}
              </Empty>
            </Card>
          ) : (
            <OfLoans loans={items} />
          )
        }
      </Answer>
    </>
  );
}

function OfLoans({ loans }: { loans: Loan[] }) {
  const { loan: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const running =
    loans.find((each) => each.overdue > 0) ?? loans.find((each) => ['disbursed', 'returning'].includes(each.status));
  const loan = loans.find((each) => each.loan_id === wanted) ?? running ?? loans[0];
  if (!loan) return null;
  return (
    <div className={s.page}>
      <div className="stack">
        {loans.length > 1 && (
          <Choice
            legend={m.payments_of()}
            value={loan.loan_id}
            onChange={(id) => void navigate({ search: { loan: id }, replace: true })}
            options={loans.map((each) => ({ value: each.loan_id, title: each.purpose, about: each.reference }))}
          />
        )}
        <ToPay loan={loan} />
      </div>
      <Received loan={loan} />
    </div>
  );
}
