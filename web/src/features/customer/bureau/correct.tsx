import { Button, Textarea, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { client } from '~/api/client';
import { ChangeCustomerDetails } from '~/api/operations';
import type { components } from '~/api/schema';
import { type Described, useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';

type Customer = components['schemas']['CustomerLine'];

const describe: Described = (field, value) => {
  const label = { name: m.name(), address: m.field_address() }[field];
  return label ? { label, value: String(value ?? '—') } : undefined;
};

/** The name or the address as it should be; what it was stays in the history. */
export function Correct({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const [seen, setSeen] = useState(customer);
  const fresh = useRef<Customer | undefined>(undefined);
  const path = { customer_id: customer.customer_id };
  const correct = useCommand(ChangeCustomerDetails);
  const form = useFields(ChangeCustomerDetails, { name: customer.name, address: customer.address });
  const reread = async () => {
    const { data } = await client.GET('/api/v1/customers/{customer_id}', { params: { path } });
    fresh.current = data;
    return data;
  };
  const send = form.onSubmit(async (body) => {
    const done = await correct.send({ path, body, seen, reread, describe });
    if (done) return onClose();
    if (fresh.current) setSeen(fresh.current);
    showErrors(form, correct.problem);
  });
  return (
    <Dialog title={m.customer_correct_title()} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <TextInput
          label={m.name()}
          autoComplete="off"
          {...limits(ChangeCustomerDetails, 'name')}
          {...form.getInputProps('name')}
        />
        <Textarea
          label={m.field_address()}
          rows={3}
          {...limits(ChangeCustomerDetails, 'address')}
          {...form.getInputProps('address')}
        />
        <Outcome of={correct} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={correct.pending} disabled={!form.isDirty()}>
            {m.customer_correct()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
