import { Button } from '@mantine/core';
import { useState } from 'react';
import { StepBack } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Confirm } from '~/ui/dialog';
import { useSeenLoan } from '../use-seen-loan';
import type { Loan } from './loan-line';

/** Steps back from the signed contract: one button, and one question before it is done. */
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
          <p>{m.my_step_back_sure({ reference: loan.reference })}</p>
        </Confirm>
      )}
    </>
  );
}
