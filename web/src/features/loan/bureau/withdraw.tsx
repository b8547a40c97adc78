import { Button } from '@mantine/core';
import { WithdrawLoanRequest } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { useSeenLoan } from '../use-seen-loan';

type Loan = components['schemas']['LoanEntry'];

/** The customer takes the request back. */
export function Withdraw({ loan, onClose }: { loan: Loan; onClose: () => void }) {
  const { about, know } = useSeenLoan(loan);
  const withdraw = useCommand(WithdrawLoanRequest);
  const send = async () => {
    const done = await withdraw.send({ ...about, body: {} });
    if (done) onClose();
    else know();
  };
  return (
    <Dialog title={m.loan_withdraw_title({ reference: loan.reference })} onClose={onClose}>
      <p className="mute">{m.loan_withdraw_about()}</p>
      <Outcome of={withdraw} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button loading={withdraw.pending} onClick={() => void send()}>
          {m.loan_withdraw_do()}
        </Button>
      </Actions>
    </Dialog>
  );
}
