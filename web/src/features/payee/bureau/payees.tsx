import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/app/me';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { destination, inForce, type Payee, payeeState } from '../words';
import { ConfirmPayee, RefusePayee } from './decide';
import { Propose } from './propose';

type Open = { what: 'confirm' | 'refuse'; payee: Payee } | null;

/** Where the payouts of a customer go: proposed by one person, confirmed by another, usable a day later. */
export function Payees({ customerId }: { customerId: string }) {
  const proposes = useMay('payee.propose');
  const [proposing, setProposing] = useState(false);
  const [open, setOpen] = useState<Open>(null);
  const payees = api.useQuery('get', '/api/v1/payees', { params: { query: { customer_id: customerId } } });
  const close = () => setOpen(null);
  return (
    <Card
      title={m.payees()}
      aside={
        proposes && (
          <Button variant="default" size="compact-sm" onClick={() => setProposing(true)}>
            {m.payee_propose()}
          </Button>
        )
      }
      flush
    >
      <Answer of={payees}>
        {(lines) => (
          <Listing
            label={m.payees()}
            rows={[...lines].sort((one, other) => other.number - one.number)}
            columns={columnsOf(lines, setOpen)}
            rowKey={(each) => String(each.number)}
            empty={<Empty title={m.payees_none()}>{m.payees_none_about()}</Empty>}
          />
        )}
      </Answer>
      {proposing && <Propose customerId={customerId} onClose={() => setProposing(false)} />}
      {open?.what === 'confirm' && <ConfirmPayee payee={open.payee} onClose={close} />}
      {open?.what === 'refuse' && <RefusePayee payee={open.payee} onClose={close} />}
    </Card>
  );
}

function columnsOf(lines: Payee[], onDecide: (open: Open) => void): Column<Payee>[] {
  const now = Date.now();
  const current = inForce(lines, now);
  return [
    { id: 'number', header: m.field_nth(), cell: (each) => each.number },
    { id: 'to', header: m.field_destination(), cell: destination },
    { id: 'holder', header: m.field_holder(), cell: (each) => each.holder, wide: true },
    { id: 'proposed', header: m.payee_proposed_on(), cell: (each) => date(each.proposed_on), wide: true },
    {
      id: 'state',
      header: m.field_status(),
      cell: (each) => {
        const { tone, words } = payeeState(each, current, now);
        return (
          <span title={each.refused_because ?? undefined}>
            <Status tone={tone}>{words}</Status>
          </span>
        );
      },
    },
    { id: 'do', header: m.field_actions(), cell: (each) => <Buttons payee={each} onDecide={onDecide} />, end: true },
  ];
}

function Buttons({ payee, onDecide }: { payee: Payee; onDecide: (open: Open) => void }) {
  const confirms = useMay('payee.confirm');
  const refuses = useMay('payee.refuse');
  const number = String(payee.number);
  if (payee.status === 'refused') return '—';
  return (
    <>
      {refuses && (
        <Button
          variant="subtle"
          size="compact-sm"
          aria-label={m.payee_refuse_of({ number })}
          onClick={() => onDecide({ what: 'refuse', payee })}
        >
          {m.payee_refuse()}
        </Button>
      )}
      {confirms && payee.status === 'proposed' && (
        <Button
          size="compact-sm"
          aria-label={m.payee_confirm_of({ number })}
          onClick={() => onDecide({ what: 'confirm', payee })}
        >
          {m.payee_confirm()}
        </Button>
      )}
    </>
  );
}
