import { Button } from '@mantine/core';
import { IconPlus, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { useFiles, useMay } from '~/app/me';
import { countryName } from '~/lib/countries';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts } from '~/ui/card';
import { Dialog } from '~/ui/dialog';
import { Line, Lines } from '~/ui/lines';
import { Answer } from '~/ui/states';
import { AddContact } from './add-contact';
import { OpenFile } from './open-file';

/** One's own file: who one is to the lender, and whom it writes to. */
export function Identity() {
  const files = useFiles();
  if (files.length === 0) return <OpenFile />;
  return (
    <>
      {files.map((id) => (
        <File key={id} customerId={id} />
      ))}
    </>
  );
}

function File({ customerId }: { customerId: string }) {
  const customer = api.useQuery('get', '/api/v1/customers/{customer_id}', {
    params: { path: { customer_id: customerId } },
  });
  return (
    <>
      <Card
        title={m.file()}
        aside={
          <Link to="/profile/history" search={{ file: customerId }} className="link">
            {m.loan_history()}
          </Link>
        }
        flush
      >
        <Answer of={customer}>
          {(file) => (
            <Facts
              facts={[
                [m.name(), file.name],
                [m.file_reference(), file.reference],
                [m.file_nature(), file.nature === 'person' ? m.file_person() : m.file_company()],
                [m.file_address(), file.address],
                [m.file_country(), countryName(file.country)],
                [m.file_language(), file.language === 'fr' ? m.my_language_fr() : m.my_language_en()],
                [m.file_since(), date(file.registered_on)],
              ]}
            />
          )}
        </Answer>
      </Card>
      <Contacts customerId={customerId} />
    </>
  );
}

function Contacts({ customerId }: { customerId: string }) {
  const [adding, setAdding] = useState(false);
  const may = useMay('contact.add');
  const contacts = api.useQuery('get', '/api/v1/contacts', { params: { query: { customer_id: customerId } } });
  return (
    <Card
      title={m.my_contacts()}
      aside={
        may && (
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {m.my_contact_add()}
          </Button>
        )
      }
      flush
    >
      <Answer of={contacts}>
        {(found) => (
          <Lines label={m.my_contacts()}>
            {found.map((each) => (
              <Line
                key={each.contact_id}
                icon={IconUser}
                title={each.name}
                hint={[each.email, each.phone].filter(Boolean).join(' · ')}
              />
            ))}
          </Lines>
        )}
      </Answer>
      {adding && (
        <Dialog title={m.my_contact_add()} onClose={() => setAdding(false)}>
          <AddContact customerId={customerId} onAdded={() => setAdding(false)} />
        </Dialog>
      )}
    </Card>
  );
}
