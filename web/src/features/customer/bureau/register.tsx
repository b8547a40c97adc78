import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { AddContact, RegisterCustomer } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { countries } from '~/lib/countries';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';
import { NATURES } from '../search';
import { natureWord } from './nature';

type RegisterProps = { onClose: () => void; onDone: (customerId: string) => void };

/** A new customer, and the person we write to. */
export function Register({ onClose, onDone }: RegisterProps) {
  const { locale } = useLocale();
  // Chosen once: sent again after a lost answer, it is the same customer.
  const [ids] = useState(() => ({ customer: crypto.randomUUID(), contact: crypto.randomUUID() }));
  const [registered, setRegistered] = useState(false);
  const register = useCommand(RegisterCustomer);
  const addContact = useCommand(AddContact);
  const form = useFields(RegisterCustomer, {
    nature: 'person' as (typeof NATURES)[number],
    name: '',
    address: '',
    country: 'FR',
    language: locale as 'fr' | 'en',
  });
  const person = useFields(AddContact, { name: '', email: '', phone: '' });
  const isCompany = form.values.nature === 'company';
  const send = async (event: FormEvent) => {
    event.preventDefault();
    // The contact of a person is the person.
    const contact = { ...person.values, name: isCompany ? person.values.name : form.values.name };
    if (!isCompany) person.setFieldValue('name', form.values.name);
    const wrong = form.validate().hasErrors;
    const { errors } = person.validate();
    if (wrong || errors.email || (isCompany && errors.name)) return;
    if (!registered) {
      const done = await register.send({ body: { customer_id: ids.customer, ...form.values } });
      if (!done) return showErrors(form, register.problem);
      setRegistered(true);
    }
    const added = await addContact.send({
      body: { contact_id: ids.contact, customer_id: ids.customer, ...contact, phone: contact.phone.trim() || null },
    });
    if (added) onDone(ids.customer);
    else showErrors(person, addContact.problem);
  };
  return (
    <Dialog title={m.customer_register()} onClose={onClose} wide>
      <form className="stack" onSubmit={send} noValidate>
        <div className="columns">
          <NativeSelect
            label={m.field_nature()}
            data={NATURES.map((value) => ({ value, label: natureWord(value) }))}
            disabled={registered}
            {...form.getInputProps('nature')}
          />
          <TextInput
            label={isCompany ? m.customer_company_name() : m.customer_person_name()}
            autoComplete="off"
            disabled={registered}
            data-autofocus
            {...limits(RegisterCustomer, 'name')}
            {...form.getInputProps('name')}
          />
          <Textarea
            label={m.field_address()}
            rows={3}
            disabled={registered}
            {...limits(RegisterCustomer, 'address')}
            {...form.getInputProps('address')}
          />
          <div className="stack">
            <NativeSelect
              label={m.field_country()}
              data={countries()}
              disabled={registered}
              {...form.getInputProps('country')}
            />
            <NativeSelect
              label={m.customer_language()}
              data={[
                { value: 'fr', label: m.language_fr() },
                { value: 'en', label: m.language_en() },
              ]}
              disabled={registered}
              {...form.getInputProps('language')}
            />
          </div>
          {isCompany && (
            <TextInput
              label={m.contact_name()}
              autoComplete="off"
              {...limits(AddContact, 'name')}
              {...person.getInputProps('name')}
            />
          )}
          <TextInput
            type="email"
            label={m.email()}
            autoComplete="off"
            {...limits(AddContact, 'email')}
            {...person.getInputProps('email')}
          />
          <TextInput
            type="tel"
            label={m.field_phone()}
            description={m.phone_about()}
            autoComplete="off"
            {...limits(AddContact, 'phone')}
            {...person.getInputProps('phone')}
          />
        </div>
        <Outcome of={register} />
        {registered && addContact.problem && <p className="mute">{m.customer_registered_already()}</p>}
        <Outcome of={addContact} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={register.pending || addContact.pending}>
            {m.customer_register_do()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
