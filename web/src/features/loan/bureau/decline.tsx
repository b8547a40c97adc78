import { Button, Textarea } from '@mantine/core';
import { useEffect } from 'react';
import { DeclineLoan } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useDraft } from '~/lib/draft';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, useFields } from '~/ui/form';
import { useSeenLoan } from '../use-seen-loan';

type Loan = components['schemas']['LoanEntry'];

/** Says no, and why: the customer reads the reason word for word. */
export function Decline({ loan, onClose }: { loan: Loan; onClose: () => void }) {
  const { about, know } = useSeenLoan(loan);
  const decline = useCommand(DeclineLoan);
  const form = useFields(DeclineLoan, { reason: '' });
  const draft = useDraft(`decline.${loan.loan_id}`, form.values);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the form is opened: what was typed before is there again
  useEffect(() => {
    const before = draft.resume();
    if (before) form.setValues(before);
  }, []);
  const send = form.onSubmit(async (body) => {
    const done = await decline.send({ ...about, body });
    if (!done) return know();
    draft.done();
    onClose();
  });
  return (
    <Dialog title={m.loan_decline_title({ reference: loan.reference })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <Textarea
          label={m.field_reason()}
          description={m.reason_read_by_customer()}
          rows={4}
          {...limits(DeclineLoan, 'reason')}
          {...form.getInputProps('reason')}
        />
        <Outcome of={decline} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={decline.pending}>
            {m.loan_decline()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
