import { Button, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Choice } from '~/ui/choice';
import { Dialog } from '~/ui/dialog';
import { Answer } from '~/ui/states';
import type { AddContact } from './request';
import type { PartProps } from './wizard';

type ContactStepProps = PartProps & { customers: readonly string[]; addContact: AddContact };

/** Who we write to about this loan. */
export function ContactStep({ wish, change, errors, customers, addContact }: ContactStepProps) {
  const [adding, setAdding] = useState(false);
  const contacts = api.useQuery('get', '/api/v1/contacts', { params: { query: { customer_id: wish.customer_id } } });
  const only = contacts.data?.length === 1 ? contacts.data[0]?.contact_id : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: where there is no choice, nobody is made to choose
  useEffect(() => {
    if (only && !wish.contact_id) change({ contact_id: only });
  }, [only]);
  return (
    <div className="stack">
      {customers.length > 1 && <WhichCustomer wish={wish} change={change} />}
      <Answer of={contacts}>
        {(found) => (
          <Choice
            legend={m.request_contact_who()}
            value={wish.contact_id}
            onChange={(contact_id) => change({ contact_id })}
            error={errors.contact_id}
            options={found.map((each) => ({
              value: each.contact_id,
              title: each.name,
              about: [each.email, each.phone].filter(Boolean).join(' · '),
            }))}
          />
        )}
      </Answer>
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden="true" />}
          onClick={() => setAdding(true)}
        >
          {m.my_contact_add()}
        </Button>
      </div>
      {adding &&
        // Beside the form of the request, not in it: a form holds no other.
        createPortal(
          <Dialog title={m.my_contact_add()} onClose={() => setAdding(false)}>
            {addContact(wish.customer_id, (contact_id) => {
              change({ contact_id });
              setAdding(false);
            })}
          </Dialog>,
          document.body,
        )}
    </div>
  );
}

function WhichCustomer({ wish, change }: Pick<PartProps, 'wish' | 'change'>) {
  const own = api.useQuery('get', '/api/v1/customers', { params: { query: { limit: 50 } } });
  return (
    <NativeSelect
      label={m.request_for_whom()}
      value={wish.customer_id}
      onChange={(event) => change({ customer_id: event.currentTarget.value, contact_id: '' })}
      data={own.data?.items.map((each) => ({ value: each.customer_id, label: each.name })) ?? []}
    />
  );
}
