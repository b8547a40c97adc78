import { Button, Textarea } from '@mantine/core';
import { api } from '~/api/client';
import { AcceptSignedCopy } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, useFields } from '~/ui/form';
import { useSeenContract } from '../use-seen-contract';

type Contract = components['schemas']['ContractEntry'];

/** The copy is good: the contract is signed, and the money may leave. */
export function AcceptCopy({ contract, onClose }: { contract: Contract; onClose: () => void }) {
  const { data: house } = api.useQuery('get', '/api/v1/organisation');
  const { about, know } = useSeenContract(contract);
  const accept = useCommand(AcceptSignedCopy);
  const form = useFields(AcceptSignedCopy, { reason: '' });
  const send = form.onSubmit(async ({ reason }) => {
    const done = await accept.send({ ...about, body: { reason: reason.trim() || null } });
    if (done) onClose();
    else know();
  });
  return (
    <Dialog title={m.contract_accept_title({ reference: contract.reference })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{m.contract_accept_about()}</p>
        {house?.policy === 'single-operator' && (
          <Textarea
            label={m.field_self_approval()}
            description={m.contract_accept_alone()}
            rows={2}
            {...limits(AcceptSignedCopy, 'reason')}
            {...form.getInputProps('reason')}
          />
        )}
        <Outcome of={accept} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={accept.pending}>
            {m.contract_accept()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
