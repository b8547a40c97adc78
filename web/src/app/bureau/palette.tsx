import { useQueries } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useState } from 'react';
import { client } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Dialog } from '~/ui/dialog';
import { useMay } from '../me';
import { useNavigation } from '../navigation';
import s from './palette.module.css';

type Found = { name: string; kind: string; to: string };

/** Where to go and whom to look for, without leaving the keyboard. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const list = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(typed.trim());
  const screens = useNavigation().map((entry): Found => ({ name: entry.label(), kind: m.palette_go(), to: entry.to }));
  const { things, looking } = useThings(wanted);
  const found = [...screens.filter((each) => plain(each.name).includes(plain(wanted))), ...things];
  const chosen = Math.min(at, found.length - 1);

  useEffect(() => {
    document.getElementById(`${list}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [list, chosen]);

  const go = (to: string | undefined) => {
    if (!to) return;
    onClose();
    void router.navigate({ to } as never);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((chosen + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') go(found[chosen]?.to);
  };
  return (
    <Dialog title={m.palette_title()} onClose={onClose}>
      <input
        className={s.input}
        role="combobox"
        aria-label={m.palette_open()}
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found.length ? `${list}-${chosen}` : undefined}
        placeholder={m.palette_open()}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <div id={list} role="listbox" aria-label={m.palette_title()} className={s.list}>
        {found.map((each, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
          <div
            key={each.to}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => go(each.to)}
            onMouseMove={() => setAt(index)}
          >
            {each.name}
            <small>{each.kind}</small>
          </div>
        ))}
      </div>
      <p className="mute" role="status">
        {found.length > 0 ? null : looking ? m.palette_looking() : m.palette_nothing()}
      </p>
    </Dialog>
  );
}

/** Customers, loans and contracts by a reference, how it begins, or a name: those that whoever is in may see. */
function useThings(wanted: string): { things: Found[]; looking: boolean } {
  const may = { customers: useMay('customer.read'), loans: useMay('loan.read'), contracts: useMay('contract.read') };
  const asked = wanted.length >= 2;
  const [customers, loans, contracts] = useQueries({
    queries: [
      {
        queryKey: ['palette', 'customers', wanted],
        enabled: asked && may.customers,
        queryFn: async () => (await client.GET('/api/v1/customers', few(wanted))).data?.items ?? [],
      },
      {
        queryKey: ['palette', 'loans', wanted],
        enabled: asked && may.loans,
        queryFn: async () => (await client.GET('/api/v1/loans', few(wanted))).data?.items ?? [],
      },
      {
        queryKey: ['palette', 'contracts', wanted],
        enabled: asked && may.contracts,
        queryFn: async () => (await client.GET('/api/v1/contracts', few(wanted))).data?.items ?? [],
      },
    ],
  });
  const titled = (reference: string, name?: string | null) => [reference, name].filter(Boolean).join(' · ');
  const things = [
    ...(customers.data ?? []).map((each) => ({
      name: each.name,
      kind: m.palette_customer(),
      to: `/customers/${each.customer_id}`,
    })),
    ...(loans.data ?? []).map((each) => ({
      name: titled(each.reference, each.customer_name),
      kind: m.palette_loan(),
      to: `/loans/${each.loan_id}`,
    })),
    ...(contracts.data ?? []).map((each) => ({
      name: titled(each.reference, each.customer_name),
      kind: m.palette_contract(),
      to: `/contracts/${each.contract_id}`,
    })),
  ];
  // A reference that begins as what was typed is what was meant: before what is only found by way of it.
  const meant = (each: Found) => plain(each.name).startsWith(plain(wanted));
  things.sort((one, other) => Number(meant(other)) - Number(meant(one)));
  return { things, looking: [customers, loans, contracts].some((each) => each.isFetching) };
}

const few = (q: string) => ({ params: { query: { q, limit: 5 } } });

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
