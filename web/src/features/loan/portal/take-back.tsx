import { Button } from '@mantine/core';
import { useState } from 'react';
import { client } from '~/api/client';
import { WithdrawLoanRequest } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Confirm } from '~/ui/dialog';
import { describeLoan } from '../describe';
import type { Loan } from './loan-line';

/** A request that is not wanted any more, while nobody has decided. */
export function TakeBack({ loan }: { loan: Loan }) {
  const withdraw = useCommand(WithdrawLoanRequest);
  const [asking, setAsking] = useState(false);
  const path = { loan_id: loan.loan_id };
  const send = async () => {
    const reread = async () => (await client.GET('/api/v1/loans/{loan_id}', { params: { path } })).data;
    await withdraw.send({ path, body: {}, seen: loan, reread, describe: describeLoan(loan.currency) });
    setAsking(false);
  };
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {m.loan_take_back()}
      </Button>
      <Outcome of={withdraw} />
      {asking && (
        <Confirm
          title={m.loan_take_back()}
          does={m.loan_take_back()}
          pending={withdraw.pending}
          onDo={() => void send()}
          onClose={() => setAsking(false)}
        >
          <p>{m.loan_take_back_sure({ reference: loan.reference })}</p>
        </Confirm>
      )}
    </>
  );
}
