import { Button } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useMay } from '~/app/me';
import { countryName } from '~/lib/countries';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts, PageHeader } from '~/ui/card';
import { Answer } from '~/ui/states';
import { Tabs } from '~/ui/tabs';
import { Correct } from './correct';
import { natureWord } from './nature';

type Customer = components['schemas']['CustomerLine'];
const route = getRouteApi('/_in/customers/$customerId');

/** What other nouns tell of a customer; each is put here by the route. */
type CustomerFileProps = {
  contacts: (customerId: string) => ReactNode;
  payees: (customerId: string) => ReactNode;
  loans: (customerId: string) => ReactNode;
  contracts: (customerId: string) => ReactNode;
  history: (customerId: string) => ReactNode;
};

/** One customer: who it is, and everything between them and us. */
export function CustomerFile({ contacts, payees, loans, contracts, history }: CustomerFileProps) {
  const { customerId } = route.useParams();
  const { tab, v } = route.useSearch();
  const corrects = useMay('customer.register');
  const readsPayees = useMay('payee.read');
  const [correcting, setCorrecting] = useState<Customer | null>(null);
  const customer = api.useQuery('get', '/api/v1/customers/{customer_id}', {
    params: { path: { customer_id: customerId } },
  });
  const past = tab === 'history' && v !== undefined;
  const tabs = { loans, contracts, history };
  return (
    <Answer of={customer} rows={8} page>
      {(line) => (
        <>
          <PageHeader
            title={line.name}
            reference={line.reference}
            about={m.customer_since({ nature: natureWord(line.nature), day: date(line.registered_on) })}
          >
            {corrects && (
              <Button variant="default" disabled={past} onClick={() => setCorrecting(line)}>
                {m.customer_correct()}
              </Button>
            )}
          </PageHeader>
          <Tabs
            value={tab}
            tabs={[
              [undefined, m.customer_file()],
              ['loans', m.loan_book()],
              ['contracts', m.contract_desk()],
              ['history', m.history()],
            ]}
          />
          {tab ? (
            tabs[tab](customerId)
          ) : (
            <div className="stack">
              <Card title={m.customer_identity()} flush>
                <Facts
                  facts={[
                    [m.field_nature(), natureWord(line.nature)],
                    [m.field_address(), line.address],
                    [m.field_country(), countryName(line.country)],
                    [m.customer_language(), line.language === 'fr' ? m.language_fr() : m.language_en()],
                  ]}
                />
              </Card>
              {contacts(customerId)}
              {readsPayees && payees(customerId)}
            </div>
          )}
          {correcting && <Correct customer={correcting} onClose={() => setCorrecting(null)} />}
        </>
      )}
    </Answer>
  );
}
