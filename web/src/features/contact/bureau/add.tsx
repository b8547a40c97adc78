import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { AddContact } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';

/** One more person of a customer. */
export function Add({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  // Chosen once: sent again after a lost answer, it is the same person.
  const [id] = useState(() => crypto.randomUUID());
  const add = useCommand(AddContact);
  const form = useFields(AddContact, { name: '', email: '', phone: '' });
  const send = form.onSubmit(async ({ phone, ...values }) => {
    const body = { contact_id: id, customer_id: customerId, ...values, phone: phone.trim() || null };
    if (await add.send({ body })) onClose();
    else showErrors(form, add.problem);
  });
  return (
    <Dialog title={m.contact_add()} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <TextInput
          label={m.name()}
          autoComplete="off"
          {...limits(AddContact, 'name')}
          {...form.getInputProps('name')}
        />
        <TextInput
          type="email"
          label={m.email()}
          autoComplete="off"
          {...limits(AddContact, 'email')}
          {...form.getInputProps('email')}
        />
        <TextInput
          type="tel"
          label={m.field_phone()}
          description={m.phone_about()}
          autoComplete="off"
          {...limits(AddContact, 'phone')}
          {...form.getInputProps('phone')}
        />
        <Outcome of={add} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={add.pending}>
            {m.contact_add_do()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
