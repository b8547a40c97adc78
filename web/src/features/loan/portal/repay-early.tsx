import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { longDate, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Answer } from '~/ui/states';
import s from './repay-early.module.css';

/** What it takes to be done with the loan before its time, in plain words; asked for by whoever wonders. */
export function RepayEarly({ loanId }: { loanId: string }) {
  const [asked, ask] = useState(false);
  return (
    <Card title={m.my_early()}>
      <div className="stack">
        <p className="mute">{m.my_early_about()}</p>
        {asked ? (
          <Quote loanId={loanId} />
        ) : (
          <Button variant="default" onClick={() => ask(true)}>
            {m.my_early_ask()}
          </Button>
        )}
      </div>
    </Card>
  );
}

type PartName = components['schemas']['QuotePart']['part'];

const PARTS: Record<PartName, () => string> = {
  due: m.my_early_due,
  principal: m.my_early_principal,
  accrued: m.my_early_interest,
  fee: m.my_early_fee,
  credit: m.my_early_credit,
};

function Quote({ loanId }: { loanId: string }) {
  const quote = api.useQuery('get', '/api/v1/loans/{loan_id}/early-repayment-quote', {
    params: { path: { loan_id: loanId } },
  });
  return (
    <Answer of={quote}>
      {(found) => {
        const parts = found.parts.filter((each) => each.amount > 0 || each.part === 'fee');
        return (
          <div className={s.quote}>
            <p>
              <b>{m.my_early_said({ day: longDate(found.on), total: money(found.total, found.currency) })}</b>
            </p>
            <p>{m.my_early_parts()}</p>
            <ul className="num">
              {parts.map(({ part, amount }) => (
                <li key={part}>
                  <span>{PARTS[part]()}</span>
                  <b>{money(part === 'credit' ? -amount : amount, found.currency)}</b>
                </li>
              ))}
            </ul>
            <p>{m.my_early_saved_said({ amount: money(found.interest_saved, found.currency) })}</p>
            <p>
              {found.valid_until === found.on
                ? m.my_early_today()
                : m.my_early_until_said({
                    day: longDate(found.valid_until),
                    total: money(found.days.at(-1)?.total ?? found.total, found.currency),
                  })}
            </p>
          </div>
        );
      }}
    </Answer>
  );
}
