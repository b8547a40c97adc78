import { ActionIcon, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useDeferredValue, useState } from 'react';
import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import s from './account.module.css';

type Props = { label: string; value: string[]; onChange: (customers: string[]) => void };
const FOUND = 6;

/** Customers, found by name or reference and picked one by one. */
export function CustomerPicker({ label, value, onChange }: Props) {
  const [typed, type] = useState('');
  const q = useDeferredValue(typed.trim());
  const found = api.useQuery(
    'get',
    '/api/v1/customers',
    { params: { query: { q, limit: FOUND } } },
    { enabled: q.length > 1 },
  );
  const offered = q.length > 1 ? (found.data?.items ?? []).filter((each) => !value.includes(each.customer_id)) : [];
  return (
    <div className={s.picker}>
      <TextInput
        type="search"
        label={label}
        placeholder={m.account_customer_search()}
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
      />
      {offered.length > 0 && (
        <ul className={s.offered}>
          {offered.map((each) => (
            <li key={each.customer_id}>
              <button
                type="button"
                onClick={() => {
                  onChange([...value, each.customer_id]);
                  type('');
                }}
              >
                {each.name} <span className="mute num">{each.reference}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {value.length > 0 && (
        <ul className={s.picked}>
          {value.map((each) => (
            <Picked key={each} customer={each} onRemove={() => onChange(value.filter((other) => other !== each))} />
          ))}
        </ul>
      )}
    </div>
  );
}

export function CustomerName({ customer }: { customer: string }) {
  const found = api.useQuery('get', '/api/v1/customers/{customer_id}', { params: { path: { customer_id: customer } } });
  return found.data?.name ?? customer.slice(0, 8);
}

const Picked = ({ customer, onRemove }: { customer: string; onRemove: () => void }) => (
  <li>
    <CustomerName customer={customer} />
    <ActionIcon size="sm" aria-label={m.account_customer_remove()} onClick={onRemove}>
      <IconX size={13} aria-hidden="true" />
    </ActionIcon>
  </li>
);
