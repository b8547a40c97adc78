import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { CancelDrawdowns } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import type { Column } from '~/ui/data-table';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, useFields } from '~/ui/form';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Status } from '~/ui/status';
import { useSeenLoan } from '../use-seen-loan';

type Loan = components['schemas']['LoanEntry'];
type Drawdown = components['schemas']['DrawdownLine'];

/** The parts of the principal that leave on days of their own, and which of them have; nothing for a loan paid at once. */
export function Drawdowns({ loan }: { loan: Loan }) {
  const may = useMay('loan.approve');
  const [open, setOpen] = useState(false);
  if (loan.drawdowns.length === 0) return null;
  const toCome = loan.status === 'disbursed' && loan.drawdowns.some((each) => each.state === 'planned');
  return (
    <Card
      title={m.drawdowns()}
      aside={
        <span className="mute">
          {m.drawdowns_drawn({
            drawn: money(loan.drawn, loan.currency),
            principal: money(loan.principal, loan.currency),
          })}
        </span>
      }
      flush
    >
      <Listing
        label={m.drawdowns()}
        rows={loan.drawdowns}
        columns={columns(loan.currency)}
        rowKey={(each) => String(each.number)}
      />
      {may && toCome && (
        <Button variant="subtle" onClick={() => setOpen(true)}>
          {m.drawdowns_cancel()}
        </Button>
      )}
      {open && <Cancel loan={loan} onClose={() => setOpen(false)} />}
    </Card>
  );
}

const columns = (currency: string): Column<Drawdown>[] => [
  { id: 'number', header: m.field_nth(), cell: (each) => each.number },
  {
    id: 'amount',
    header: m.field_amount(),
    cell: (each) => <Money amount={each.amount} currency={currency} />,
    end: true,
  },
  { id: 'day', header: m.drawdown_day(), cell: (each) => date(each.paid_on ?? each.planned_on) },
  { id: 'state', header: m.field_status(), cell: (each) => <State of={each} /> },
];

const State = ({ of }: { of: Drawdown }) => {
  if (of.state === 'paid') return <Status tone="solid">{m.drawdown_paid()}</Status>;
  if (of.state === 'cancelled') return <Status tone="dash">{m.drawdown_cancelled()}</Status>;
  return <Status tone="ring">{m.drawdown_planned()}</Status>;
};

/** Lends no more than what has left; the client reads why word for word. */
function Cancel({ loan, onClose }: { loan: Loan; onClose: () => void }) {
  const { about, know } = useSeenLoan(loan);
  const cancel = useCommand(CancelDrawdowns);
  const form = useFields(CancelDrawdowns, { reason: '' });
  const send = form.onSubmit(async (body) => {
    const done = await cancel.send({ ...about, body });
    if (done) onClose();
    else know();
  });
  return (
    <Dialog title={m.drawdowns_cancel_title({ reference: loan.reference })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{m.drawdowns_cancel_about({ drawn: money(loan.drawn, loan.currency) })}</p>
        <Textarea
          label={m.field_reason()}
          description={m.reason_read_by_customer()}
          rows={4}
          {...limits(CancelDrawdowns, 'reason')}
          {...form.getInputProps('reason')}
        />
        <Outcome of={cancel} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={cancel.pending}>
            {m.drawdowns_cancel()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
