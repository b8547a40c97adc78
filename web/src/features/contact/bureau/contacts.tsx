import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useMay } from '~/app/me';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';
import { Add } from './add';
import { ChangeEmail } from './change-email';

type Contact = components['schemas']['ContactLine'];

/** The persons of a customer, whom we write to. */
export function Contacts({ customerId }: { customerId: string }) {
  const adds = useMay('contact.add');
  const changes = useMay('customer.register');
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<Contact | null>(null);
  const contacts = api.useQuery('get', '/api/v1/contacts', { params: { query: { customer_id: customerId } } });
  const columns: Column<Contact>[] = [
    { id: 'name', header: m.name(), cell: (each) => <b>{each.name}</b> },
    { id: 'email', header: m.email(), cell: (each) => each.email },
    { id: 'phone', header: m.field_phone(), cell: (each) => each.phone ?? '—', wide: true },
    { id: 'added', header: m.field_added_on(), cell: (each) => date(each.added_on), wide: true },
    ...(changes
      ? [
          {
            id: 'do',
            header: m.field_actions(),
            cell: (each: Contact) => (
              <Button
                variant="subtle"
                size="compact-sm"
                aria-label={m.contact_change_email_of({ name: each.name })}
                onClick={() => setChanging(each)}
              >
                {m.contact_change_email()}
              </Button>
            ),
            end: true,
          },
        ]
      : []),
  ];
  return (
    <Card
      title={m.contacts()}
      aside={
        adds && (
          <Button variant="default" size="compact-sm" onClick={() => setAdding(true)}>
            {m.contact_add()}
          </Button>
        )
      }
      flush
    >
      <Answer of={contacts}>
        {(lines) => (
          <Listing
            label={m.contacts()}
            rows={lines}
            columns={columns}
            rowKey={(each) => each.contact_id}
            empty={<Empty title={m.contacts_none()}>{m.contacts_none_about()}</Empty>}
          />
        )}
      </Answer>
      {adding && <Add customerId={customerId} onClose={() => setAdding(false)} />}
      {changing && <ChangeEmail contact={changing} onClose={() => setChanging(null)} />}
    </Card>
  );
}
