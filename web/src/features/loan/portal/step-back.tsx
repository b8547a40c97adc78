import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { StepBack } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { longDate, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Confirm } from '~/ui/dialog';
import { Answer } from '~/ui/states';
import { useSeenLoan } from '../use-seen-loan';
import type { Loan } from './loan-line';

/** Steps back from the signed contract: one button, and one question before it is done, with what has to come back. */
export function StepBackButton({ loan }: { loan: Loan }) {
  const { about, know } = useSeenLoan(loan);
  const stepBack = useCommand(StepBack);
  const [asking, setAsking] = useState(false);
  const send = async () => {
    if (!(await stepBack.send({ ...about, body: {} }))) know();
    setAsking(false);
  };
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {m.my_step_back()}
      </Button>
      <Outcome of={stepBack} />
      {asking && (
        <Confirm
          title={m.my_step_back()}
          does={m.my_step_back_do()}
          pending={stepBack.pending}
          onDo={() => void send()}
          onClose={() => setAsking(false)}
        >
          {loan.disbursed_on ? <Asked loan={loan} /> : <p>{m.my_step_back_sure({ reference: loan.reference })}</p>}
        </Confirm>
      )}
    </>
  );
}

/** After the payout: how much comes back, by when, and what each day costs. */
function Asked({ loan }: { loan: Loan }) {
  const asked = api.useQuery('get', '/api/v1/loans/{loan_id}/stepping-back', {
    params: { path: { loan_id: loan.loan_id } },
  });
  return (
    <Answer of={asked} rows={3}>
      {({ capital, currency, return_by, interest_a_day, interest, given_back, received }) => (
        <>
          <p>
            {m.my_step_back_paid({
              reference: loan.reference,
              capital: money(capital, currency),
              day: longDate(return_by),
            })}
          </p>
          <p>
            {interest > 0
              ? m.my_step_back_costs({ each: money(interest_a_day, currency), most: money(interest, currency) })
              : m.my_step_back_free()}
          </p>
          {given_back > 0 && <p>{m.my_step_back_given_back({ amount: money(given_back, currency) })}</p>}
          {received > 0 && <p>{m.my_step_back_received({ amount: money(received, currency) })}</p>}
        </>
      )}
    </Answer>
  );
}
