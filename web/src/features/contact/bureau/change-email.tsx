import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { client } from '~/api/client';
import { ChangeContactEmail } from '~/api/operations';
import type { components } from '~/api/schema';
import { type Described, useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';

type Contact = components['schemas']['ContactLine'];

const describe: Described = (field, value) =>
  field === 'email' ? { label: m.email(), value: String(value) } : undefined;

/** Where letters go from now on. */
export function ChangeEmail({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const [seen, setSeen] = useState(contact);
  const fresh = useRef<Contact | undefined>(undefined);
  const path = { contact_id: contact.contact_id };
  const change = useCommand(ChangeContactEmail);
  const form = useFields(ChangeContactEmail, { email: contact.email });
  const reread = async () => {
    const { data } = await client.GET('/api/v1/contacts/{contact_id}', { params: { path } });
    fresh.current = data;
    return data;
  };
  const send = form.onSubmit(async (body) => {
    if (await change.send({ path, body, seen, reread, describe })) return onClose();
    if (fresh.current) setSeen(fresh.current);
    showErrors(form, change.problem);
  });
  return (
    <Dialog title={m.contact_change_email_of({ name: contact.name })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <TextInput
          type="email"
          label={m.email()}
          autoComplete="off"
          {...limits(ChangeContactEmail, 'email')}
          {...form.getInputProps('email')}
        />
        <Outcome of={change} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={change.pending} disabled={!form.isDirty()}>
            {m.contact_change_email()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
