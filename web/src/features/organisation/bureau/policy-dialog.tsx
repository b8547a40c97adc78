import { NativeSelect, Textarea } from '@mantine/core';
import { ChangeFourEyesPolicy } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { limits, showErrors, useFields } from '~/ui/form';
import { Changing, changing, type Props } from './changing';

type Policy = 'four-eyes' | 'single-operator';

/** Proposes whether one person may do both halves; another administrator confirms it. */
export function PolicyDialog({ organisation, onClose }: Props) {
  const change = useCommand(ChangeFourEyesPolicy);
  const other: Policy = organisation.policy === 'four-eyes' ? 'single-operator' : 'four-eyes';
  const form = useFields(ChangeFourEyesPolicy, { policy: other as Policy, reason: '' });
  const send = form.onSubmit(async (body) => {
    if (await change.send({ ...changing(organisation), body })) onClose();
    else showErrors(form, change.problem);
  });
  return (
    <Changing
      title={m.organisation_policy()}
      does={m.organisation_propose()}
      command={change}
      onSubmit={send}
      onClose={onClose}
    >
      <p className="mute">{m.organisation_propose_about()}</p>
      <NativeSelect
        label={m.organisation_policy()}
        data={[
          { value: 'four-eyes', label: m.organisation_four_eyes() },
          { value: 'single-operator', label: m.organisation_single_operator() },
        ]}
        {...form.getInputProps('policy')}
      />
      <Textarea
        label={m.organisation_reason()}
        autosize
        minRows={2}
        {...limits(ChangeFourEyesPolicy, 'reason')}
        {...form.getInputProps('reason')}
      />
    </Changing>
  );
}
