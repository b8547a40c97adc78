import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts } from '~/ui/card';
import { Answer } from '~/ui/states';

/** What it takes to be done with the loan before its time, in plain words; asked for by whoever wonders. */
export function RepayEarly({ loanId }: { loanId: string }) {
  const [asked, ask] = useState(false);
  return (
    <Card title={m.my_early()}>
      <p className="mute">{m.my_early_about()}</p>
      {asked ? (
        <Quote loanId={loanId} />
      ) : (
        <Button variant="default" onClick={() => ask(true)}>
          {m.my_early_ask()}
        </Button>
      )}
    </Card>
  );
}

function Quote({ loanId }: { loanId: string }) {
  const quote = api.useQuery('get', '/api/v1/loans/{loan_id}/early-repayment-quote', {
    params: { path: { loan_id: loanId } },
  });
  return (
    <Answer of={quote}>
      {(found) => {
        const part = (name: string) => found.parts.find((each) => each.part === name)?.amount ?? 0;
        return (
          <Facts
            facts={[
              [m.my_early_due(), money(part('due'), found.currency)],
              [m.my_early_principal(), money(part('principal'), found.currency)],
              [m.my_early_interest(), money(part('accrued'), found.currency)],
              [m.my_early_fee(), money(part('fee'), found.currency)],
              [m.my_early_credit(), money(part('credit'), found.currency)],
              [m.my_early_total({ day: date(found.on) }), money(found.total, found.currency)],
              [m.my_early_saved(), money(found.interest_saved, found.currency)],
              [m.my_early_until(), date(found.valid_until)],
            ]}
          />
        );
      }}
    </Answer>
  );
}
