import { TextInput } from '@mantine/core';
import { ChangeReturnAddress } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { limits, showErrors, useFields } from '~/ui/form';
import { Changing, changing, type Props } from './changing';

/** Where signed copies may be sent back to. */
export function ReturnAddressDialog({ organisation, onClose }: Props) {
  const change = useCommand(ChangeReturnAddress);
  const form = useFields(ChangeReturnAddress, { return_address: organisation.return_address });
  const send = form.onSubmit(async (body) => {
    if (await change.send({ ...changing(organisation), body })) onClose();
    else showErrors(form, change.problem);
  });
  return (
    <Changing
      title={m.organisation_return()}
      does={m.organisation_save()}
      command={change}
      onSubmit={send}
      onClose={onClose}
    >
      <TextInput
        type="email"
        label={m.organisation_return_label()}
        description={m.organisation_return_about()}
        {...limits(ChangeReturnAddress, 'return_address')}
        {...form.getInputProps('return_address')}
      />
    </Changing>
  );
}
