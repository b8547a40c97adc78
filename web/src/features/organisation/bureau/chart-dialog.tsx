import { NativeSelect } from '@mantine/core';
import { ChangeChart } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { showErrors, useFields } from '~/ui/form';
import { chartWord } from '../words';
import { Changing, changing, type Props } from './changing';

type Chart = 'PCG' | 'SYSCOHADA';

const CHARTS: Chart[] = ['PCG', 'SYSCOHADA'];

/** On which chart of accounts entries are made from now on; those that were made keep their accounts. */
export function ChartDialog({ organisation, onClose }: Props) {
  const change = useCommand(ChangeChart);
  const form = useFields(ChangeChart, { chart: organisation.chart as Chart });
  const same = form.values.chart === organisation.chart;
  const send = form.onSubmit(async (body) => {
    if (await change.send({ ...changing(organisation), body })) onClose();
    else showErrors(form, change.problem);
  });
  return (
    <Changing
      title={m.organisation_chart()}
      does={m.organisation_save()}
      command={change}
      onSubmit={send}
      onClose={onClose}
    >
      <NativeSelect
        label={m.organisation_chart()}
        data={CHARTS.map((value) => ({ value, label: chartWord(value) }))}
        {...form.getInputProps('chart')}
      />
      <p className="mute" aria-live="polite">
        {same
          ? m.organisation_chart_same()
          : m.organisation_chart_changes({ now: organisation.chart, other: form.values.chart })}
      </p>
    </Changing>
  );
}
