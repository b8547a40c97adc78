import { Button, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { AddContact as Add } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';

type AddContactProps = { customerId: string; onAdded: (contactId: string) => void };

/** One more person of a client, to write to. */
export function AddContact({ customerId, onAdded }: AddContactProps) {
  const add = useCommand(Add);
  const [contact_id] = useState(() => crypto.randomUUID());
  const form = useFields(Add, { name: '', email: '', phone: '' });
  const send = form.onSubmit(async (values) => {
    const body = { ...values, contact_id, customer_id: customerId, phone: values.phone || null };
    if (await add.send({ body })) onAdded(contact_id);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the API has answered
  useEffect(() => showErrors(form, add.problem), [add.problem]);
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        // In a dialog of a form: this one alone is sent.
        event.stopPropagation();
        send(event);
      }}
    >
      <TextInput label={m.name()} autoComplete="name" {...limits(Add, 'name')} {...form.getInputProps('name')} />
      <TextInput
        label={m.email()}
        type="email"
        autoComplete="email"
        {...limits(Add, 'email')}
        {...form.getInputProps('email')}
      />
      <TextInput
        label={m.file_phone()}
        type="tel"
        autoComplete="tel"
        {...limits(Add, 'phone')}
        {...form.getInputProps('phone')}
      />
      <Outcome of={add} />
      <Actions>
        <Button type="submit" loading={add.pending}>
          {m.my_contact_add()}
        </Button>
      </Actions>
    </form>
  );
}
