import { Button, Textarea } from '@mantine/core';
import { EndLegalRate } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { rate as saidRate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, showErrors, useFields } from '~/ui/form';
import { lawWord } from '~/ui/law';
import type { Rate } from '../says';

/** Until which day a rate counts; it stays readable. */
export function End({ rate, onClose }: { rate: Rate; onClose: () => void }) {
  const end = useCommand(EndLegalRate);
  const form = useFields(EndLegalRate, { number: rate.number, until_on: '', reason: '' });
  const send = form.onSubmit(async (body) => {
    if (await end.send({ path: { rates_id: rate.rates_id }, body })) onClose();
    else showErrors(form, end.problem);
  });
  return (
    <Dialog title={m.legal_rate_end_title({ law: lawWord(rate.law), rate: saidRate(rate.rate) })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{m.legal_rate_end_about()}</p>
        <DateInput
          label={m.legal_rate_until()}
          data-autofocus
          {...limits(EndLegalRate, 'until_on')}
          {...form.getInputProps('until_on')}
        />
        <Textarea
          label={m.field_reason()}
          autosize
          minRows={2}
          {...limits(EndLegalRate, 'reason')}
          {...form.getInputProps('reason')}
        />
        <Outcome of={end} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={end.pending}>
            {m.legal_rate_end()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
