import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { api } from '~/api/client';
import { BecomeCustomer } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { useMe } from '~/app/me';
import { countries } from '~/lib/countries';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Choice } from '~/ui/choice';
import { Outcome } from '~/ui/conflict';
import { limits, showErrors, useFields } from '~/ui/form';

/** Whoever has just signed up becomes a client: who they are, and where they live. */
export function OpenFile() {
  const me = useMe();
  const { locale } = useLocale();
  const become = useCommand(BecomeCustomer);
  const house = api.useQuery('get', '/api/v1/organisation');
  const [customer_id] = useState(() => crypto.randomUUID());
  const form = useFields(BecomeCustomer, {
    nature: 'person' as 'person' | 'company',
    name: me.label,
    address: '',
    country: '',
    phone: '',
  });
  const send = form.onSubmit(async (values) => {
    const body = { ...values, customer_id, language: locale, phone: values.phone || null };
    await become.send({ body });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the API has answered
  useEffect(() => showErrors(form, become.problem), [become.problem]);
  const home = house.data?.country;
  // biome-ignore lint/correctness/useExhaustiveDependencies: most live where the lender is; whoever chose, has chosen
  useEffect(() => {
    if (home && !form.values.country) form.setFieldValue('country', home);
  }, [home]);
  const person = form.values.nature === 'person';
  return (
    <Card title={m.file_open()}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{m.file_open_about()}</p>
        <Choice
          legend={m.file_nature()}
          value={form.values.nature}
          onChange={(nature) => form.setFieldValue('nature', nature)}
          options={[
            { value: 'person', title: m.file_person() },
            { value: 'company', title: m.file_company() },
          ]}
        />
        <TextInput
          label={person ? m.file_name_person() : m.file_name_company()}
          autoComplete={person ? 'name' : 'organization'}
          {...limits(BecomeCustomer, 'name')}
          {...form.getInputProps('name')}
        />
        <Textarea
          label={m.file_address()}
          autoComplete="street-address"
          rows={3}
          {...limits(BecomeCustomer, 'address')}
          {...form.getInputProps('address')}
        />
        <NativeSelect
          label={m.file_country()}
          autoComplete="country"
          required
          data={countries()}
          {...form.getInputProps('country')}
        />
        <TextInput
          label={m.file_phone()}
          description={m.file_phone_about()}
          type="tel"
          autoComplete="tel"
          {...limits(BecomeCustomer, 'phone')}
          {...form.getInputProps('phone')}
        />
        <Outcome of={become} />
        <div>
          <Button type="submit" size="md" loading={become.pending}>
            {m.file_open_do()}
          </Button>
        </div>
      </form>
    </Card>
  );
}
