import { TextInput } from '@mantine/core';
import { ChangeLegalIdentity } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { limits, showErrors, useFields } from '~/ui/form';
import { Changing, changing, type Props } from './changing';

const FIELDS = [
  ['legal_name', m.organisation_legal_name],
  ['legal_form', m.organisation_legal_form],
  ['registration', m.organisation_registration],
  ['registered_office', m.organisation_office],
  ['country', m.organisation_country],
  ['contact_line', m.organisation_contact],
] as const;

/** What stands on contracts and letters from now on. */
export function IdentityDialog({ organisation, onClose }: Props) {
  const change = useCommand(ChangeLegalIdentity);
  const { legal_name, legal_form, registration, registered_office, country, contact_line } = organisation;
  const form = useFields(ChangeLegalIdentity, {
    legal_name,
    legal_form,
    registration,
    registered_office,
    country,
    contact_line,
  });
  const send = form.onSubmit(async (body) => {
    if (await change.send({ ...changing(organisation), body })) onClose();
    else showErrors(form, change.problem);
  });
  return (
    <Changing
      title={m.organisation_identity()}
      does={m.organisation_save()}
      command={change}
      onSubmit={send}
      onClose={onClose}
    >
      <p className="mute">{m.organisation_identity_about()}</p>
      {FIELDS.map(([field, label]) => (
        <TextInput key={field} label={label()} {...limits(ChangeLegalIdentity, field)} {...form.getInputProps(field)} />
      ))}
    </Changing>
  );
}
