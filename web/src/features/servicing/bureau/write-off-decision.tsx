import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useAccountNames } from '~/app/account-names';
import { useMay, useMe } from '~/app/me';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import box from '~/ui/proposal.module.css';
import { ArrearsDecision } from './arrears-decision';
import { madeOf } from './parts';
import s from './servicing.module.css';

type Loan = components['schemas']['LoanEntry'];
type Account = components['schemas']['LoanBalance'];

/** Who proposed the loss, why and how much, and the decision for whoever may take it. */
export function WriteOffDecision({ loan, account }: { loan: Loan; account: Account }) {
  const [deciding, decide] = useState<'confirm' | 'refuse' | null>(null);
  const may = useMay('loan.write-off');
  const named = useAccountNames();
  const own = useMe().account_id === account.write_off_proposed_by;
  const house = api.useQuery('get', '/api/v1/organisation', {}, { enabled: may && own });
  const alone = own && house.data?.policy === 'single-operator';
  const confirms = may && (!own || alone);
  const lost = account.would_lose;
  return (
    <section className={`${box.proposal} ${s.apart}`}>
      <h2>
        {lost
          ? m.write_off_proposed_amount({
              who: named(account.write_off_proposed_by),
              amount: money(lost.total, account.currency),
            })
          : m.write_off_proposed({ who: named(account.write_off_proposed_by) })}
      </h2>
      {lost && account.write_off_proposed_on && (
        <p className="num">
          {m.write_off_made_of({
            day: date(account.write_off_proposed_on),
            parts: madeOf(lost, account.currency),
          })}
        </p>
      )}
      <p>{account.write_off_because}</p>
      <p className="mute">{own && !alone ? m.write_off_own() : m.write_off_about()}</p>
      {may && (
        <div className="row">
          {confirms && <Button onClick={() => decide('confirm')}>{m.arrears_confirm()}</Button>}
          <Button variant="default" onClick={() => decide('refuse')}>
            {own ? m.write_off_take_back() : m.arrears_refuse()}
          </Button>
        </div>
      )}
      {deciding && <ArrearsDecision loan={loan} offered={[deciding]} alone={alone} onClose={() => decide(null)} />}
    </section>
  );
}
