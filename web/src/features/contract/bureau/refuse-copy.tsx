import { Button, Textarea } from '@mantine/core';
import { useEffect } from 'react';
import { RefuseSignedCopy } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useDraft } from '~/lib/draft';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, useFields } from '~/ui/form';
import { useSeenContract } from '../use-seen-contract';

type Contract = components['schemas']['ContractEntry'];

/** The copy is not what it should be: the customer reads why, word for word, and sends another one. */
export function RefuseCopy({ contract, onClose }: { contract: Contract; onClose: () => void }) {
  const { about, know } = useSeenContract(contract);
  const refuse = useCommand(RefuseSignedCopy);
  const form = useFields(RefuseSignedCopy, { reason: '' });
  const draft = useDraft(`refuse-copy.${contract.contract_id}`, form.values);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the form is opened: what was typed before is there again
  useEffect(() => {
    const before = draft.resume();
    if (before) form.setValues(before);
  }, []);
  const send = form.onSubmit(async (body) => {
    const done = await refuse.send({ ...about, body });
    if (!done) return know();
    draft.done();
    onClose();
  });
  return (
    <Dialog title={m.contract_refuse_title({ reference: contract.reference })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <Textarea
          label={m.field_reason()}
          description={m.reason_read_by_customer()}
          rows={4}
          {...limits(RefuseSignedCopy, 'reason')}
          {...form.getInputProps('reason')}
        />
        <Outcome of={refuse} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={refuse.pending}>
            {m.contract_refuse()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
