import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type ChangeEvent, type FormEvent, useState } from 'react';
import { api } from '~/api/client';
import { ProposePayee } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { Answer, Empty } from '~/ui/states';

type Contact = components['schemas']['ContactLine'];
type Kind = 'bank-account' | 'mobile-money';
type ProposeProps = { customerId: string; onClose: () => void };

/** Where the customer wants to be paid; somebody else confirms it before money goes there. */
export function Propose({ customerId, onClose }: ProposeProps) {
  const contacts = api.useQuery('get', '/api/v1/contacts', { params: { query: { customer_id: customerId } } });
  return (
    <Dialog title={m.payee_propose()} onClose={onClose}>
      <Answer of={contacts}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty title={m.contacts_none()}>{m.payee_needs_contact()}</Empty>
          ) : (
            <ProposeForm customerId={customerId} contacts={lines} onClose={onClose} />
          )
        }
      </Answer>
    </Dialog>
  );
}

function ProposeForm({ customerId, contacts, onClose }: ProposeProps & { contacts: Contact[] }) {
  const propose = useCommand(ProposePayee);
  const [kind, setKind] = useState<Kind>('bank-account');
  const [values, setValues] = useState({
    contact_id: contacts[0]?.contact_id ?? '',
    holder: '',
    iban: '',
    bic: '',
    operator: '',
    phone: '',
  });
  const [tried, setTried] = useState(false);
  type Name = keyof typeof values;
  const needed: Name[] = kind === 'bank-account' ? ['holder', 'iban'] : ['holder', 'operator', 'phone'];
  const told = (name: Name) => propose.problem?.errors?.find((each) => each.field.endsWith(name))?.message;
  const field = (name: Name) => ({
    value: values[name],
    required: needed.includes(name),
    autoComplete: 'off',
    error: (tried && needed.includes(name) && !values[name].trim() && m.bounds_required()) || told(name),
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (needed.some((name) => !values[name].trim())) return;
    const { contact_id, holder, iban, bic, operator, phone } = values;
    const to =
      kind === 'bank-account'
        ? { kind, holder, iban: iban.replace(/\s/g, ''), bic: bic.trim() || null }
        : { kind, holder, operator, phone: phone.replace(/\s/g, '') };
    if (await propose.send({ body: { customer_id: customerId, contact_id, to } })) onClose();
  };
  return (
    <form className="stack" onSubmit={send} noValidate>
      <p className="mute">{m.payee_propose_about()}</p>
      <NativeSelect
        label={m.field_destination()}
        data={[
          { value: 'bank-account', label: m.payee_bank_account() },
          { value: 'mobile-money', label: m.payee_mobile_money() },
        ]}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as Kind)}
      />
      <TextInput label={m.field_holder()} {...field('holder')} />
      {kind === 'bank-account' ? (
        <>
          <TextInput label={m.field_iban()} {...field('iban')} />
          <TextInput label={m.field_bic()} {...field('bic')} />
        </>
      ) : (
        <>
          <TextInput label={m.field_operator()} {...field('operator')} />
          <TextInput type="tel" label={m.field_phone()} description={m.phone_about()} {...field('phone')} />
        </>
      )}
      {contacts.length > 1 && (
        <NativeSelect
          label={m.payee_told()}
          data={contacts.map((each) => ({ value: each.contact_id, label: each.name }))}
          {...field('contact_id')}
        />
      )}
      <Outcome of={propose} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={propose.pending}>
          {m.payee_propose_do()}
        </Button>
      </Actions>
    </form>
  );
}
