import { Button, Textarea } from '@mantine/core';
import { client } from '~/api/client';
import { ReverseRepayment } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';
import { describeBalance } from '../words';

type Repayment = components['schemas']['RepaymentLine'];
type Props = {
  loan: string;
  repayment: Repayment;
  account: components['schemas']['LoanBalance'];
  onClose: () => void;
};

/** Takes back a repayment that was recorded by mistake; the reason stays in the books. */
export function Reverse({ loan, repayment, account, onClose }: Props) {
  const reverse = useCommand(ReverseRepayment);
  const form = useFields(ReverseRepayment, { reason: '' });
  const send = form.onSubmit(async (body) => {
    const done = await reverse.send({
      path: { loan_id: loan, repayment_id: repayment.repayment_id },
      body,
      seen: account,
      reread: async () =>
        (await client.GET('/api/v1/loans/{loan_id}/account', { params: { path: { loan_id: loan } } })).data,
      describe: describeBalance(repayment.currency),
    });
    if (done) onClose();
    else showErrors(form, reverse.problem);
  });
  return (
    <Dialog title={m.servicing_reverse_title()} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">
          {m.servicing_reverse_about({
            amount: money(repayment.amount, repayment.currency),
            day: date(repayment.value_date),
            reference: repayment.reference,
          })}
        </p>
        <Textarea
          label={m.servicing_reason()}
          autosize
          minRows={2}
          {...limits(ReverseRepayment, 'reason')}
          {...form.getInputProps('reason')}
        />
        <Outcome of={reverse} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={reverse.pending}>
            {m.servicing_reverse()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
