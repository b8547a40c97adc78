import { Button } from '@mantine/core';
import { AcceptCounterOffer, DeclineCounterOffer } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, showErrors, useFields } from '~/ui/form';
import { useSeenLoan } from '../use-seen-loan';
import { CeilingRefusal } from './ceiling-refusal';

type Loan = components['schemas']['LoanEntry'];

/** What a client said to a counter-offer by letter or by word, entered with its day. */
export function ClientAnswer({ loan, onClose }: { loan: Loan; onClose: () => void }) {
  const { about, know } = useSeenLoan(loan);
  const accept = useCommand(AcceptCounterOffer);
  const decline = useCommand(DeclineCounterOffer);
  const form = useFields(AcceptCounterOffer, { accepted_on: '' });
  const day = form.values.accepted_on || null;
  const accepts = async () => {
    if (await accept.send({ ...about, body: { accepted_on: day } })) return onClose();
    know();
    showErrors(form, accept.problem);
  };
  const declines = async () => {
    if (await decline.send({ ...about, body: { declined_on: day } })) onClose();
    else know();
  };
  return (
    <Dialog title={m.counter_offer_enter_title({ reference: loan.reference })} onClose={onClose}>
      <div className="stack">
        <p className="mute">{m.counter_offer_enter_about()}</p>
        <DateInput
          label={m.counter_offer_said_on()}
          description={m.step_back_notified_on_about()}
          {...form.getInputProps('accepted_on')}
        />
        <Outcome of={accept} />
        <Outcome of={decline} />
        <CeilingRefusal problem={accept.problem} />
        <Actions>
          <Button variant="default" loading={decline.pending} onClick={() => void declines()}>
            {m.counter_offer_decline()}
          </Button>
          <Button loading={accept.pending} onClick={() => void accepts()}>
            {m.counter_offer_accept()}
          </Button>
        </Actions>
      </div>
    </Dialog>
  );
}
