import { TextInput } from '@mantine/core';
import { ChangeClockSettings } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { readRate, writtenRate } from '~/lib/rate';
import { m } from '~/paraglide/messages';
import { showErrors, useFields } from '~/ui/form';
import { Changing, changing, type Props } from './changing';

/** How long offers hold, and from where on a credit is of high cost in Quebec. */
export function ClocksDialog({ organisation, onClose }: Props) {
  const { locale } = useLocale();
  const change = useCommand(ChangeClockSettings);
  const { offer_days, high_cost_apr } = organisation;
  const form = useFields(ChangeClockSettings, {
    offer_days: offer_days === null ? '' : String(offer_days),
    high_cost_apr: high_cost_apr === null ? '' : writtenRate(high_cost_apr, locale),
  });
  const send = form.onSubmit(async (typed) => {
    const days = typed.offer_days.trim();
    const rate = typed.high_cost_apr.trim();
    const read = rate ? readRate(rate) : null;
    if ((days && !/^\d{1,3}$/.test(days)) || (rate && read === null))
      return form.setErrors({
        [rate && read === null ? 'high_cost_apr' : 'offer_days']: m.bounds_pattern(),
      });
    const body = { offer_days: days ? Number(days) : null, high_cost_apr: read };
    if (await change.send({ ...changing(organisation), body })) onClose();
    else showErrors(form, change.problem);
  });
  return (
    <Changing
      title={m.organisation_clocks()}
      does={m.organisation_save()}
      command={change}
      onSubmit={send}
      onClose={onClose}
    >
      <TextInput
        label={m.organisation_offer_days()}
        description={m.organisation_offer_days_about()}
        inputMode="numeric"
        autoComplete="off"
        {...form.getInputProps('offer_days')}
      />
      <TextInput
        label={m.organisation_high_cost()}
        description={m.organisation_high_cost_about()}
        inputMode="decimal"
        autoComplete="off"
        rightSection={<span className="mute">%</span>}
        {...form.getInputProps('high_cost_apr')}
      />
    </Changing>
  );
}
