import { Button, Textarea } from '@mantine/core';
import { LeaveOut } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';

/** Leaves one event out of one read model for good; why is kept in the store. */
export function LeaveOutDialog({
  event,
  onClose,
}: {
  event: components['schemas']['ParkedEvent'];
  onClose: () => void;
}) {
  const leave = useCommand(LeaveOut);
  const form = useFields(LeaveOut, { reason: '' });
  const send = form.onSubmit(async ({ reason }) => {
    const { consumer, stream_id, version } = event;
    if (await leave.send({ body: { consumer, stream_id, version, reason } })) onClose();
    else showErrors(form, leave.problem);
  });
  return (
    <Dialog title={m.machinery_leave_out_title()} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{m.machinery_leave_out_about({ event: event.event ?? '', consumer: event.consumer })}</p>
        <Textarea
          label={m.machinery_reason()}
          autosize
          minRows={2}
          {...limits(LeaveOut, 'reason')}
          {...form.getInputProps('reason')}
        />
        <Outcome of={leave} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={leave.pending}>
            {m.machinery_leave_out()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
