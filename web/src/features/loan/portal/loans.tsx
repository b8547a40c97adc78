import { Button } from '@mantine/core';
import { IconCoins } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { usePages } from '~/api/pages';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { Filters } from '~/ui/filters';
import { Further } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import { LoanLine } from './loan-line';
import s from './loans.module.css';

const route = getRouteApi('/_in/loans/');

/** In the words of whoever borrows: several states of the API at once. */
const STATES = {
  asked: 'requested,approved,ready',
  paying: 'disbursed,returning',
  over: 'repaid,written-off,recovered,declined,withdrawn,expired,stepped-back',
} as const;

/** One's own loans, the newest first. */
export function Loans() {
  const { which } = route.useSearch();
  const loans = usePages('/api/v1/loans', { status: which && STATES[which], limit: 20 });
  const none = !which && loans.data?.length === 0;
  const ask = <Button renderRoot={(props) => <Link to="/loans/new" {...props} />}>{m.loan_ask()}</Button>;
  return (
    <>
      <PageHeader title={m.my_loans()}>{!none && ask}</PageHeader>
      <Card flush>
        <div className={s.tools} hidden={none}>
          <Filters
            name="which"
            value={which}
            all={m.filter_all()}
            options={[
              ['asked', m.loans_asked()],
              ['paying', m.loans_paying()],
              ['over', m.loans_over()],
            ]}
          />
        </div>
        <Answer of={loans} rows={6}>
          {(items) =>
            items.length === 0 ? (
              <Empty
                title={which ? m.loans_none_such() : m.my_loans_empty()}
                icon={IconCoins}
                action={which ? undefined : ask}
              >
                {which ? m.loans_none_such_about() : m.my_loans_empty_about()}
              </Empty>
            ) : (
              <>
                <ul className={s.list}>
                  {items.map((loan) => (
                    <LoanLine key={loan.loan_id} loan={loan} />
                  ))}
                </ul>
                <Further list={loans} />
              </>
            )
          }
        </Answer>
      </Card>
    </>
  );
}
