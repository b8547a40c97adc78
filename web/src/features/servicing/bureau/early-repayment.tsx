import { Button, NativeSelect, TextInput } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { api } from '~/api/client';
import { RepayEarly, RepayInFull } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { money, readAmount, writtenAmount } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, MoneyInput, showErrors, useFields } from '~/ui/form';
import { Answer } from '~/ui/states';
import { QuoteFacts } from '../quote';
import { type Method, methodOptions } from '../words';
import s from './servicing.module.css';

type Loan = Pick<components['schemas']['LoanEntry'], 'loan_id' | 'reference' | 'currency' | 'status'>;
type Keeps = 'lower-instalment' | 'same-instalment' | 'same-principal';
type How = 'all' | Keeps;

/** The button, for whoever may and a loan that is being paid back; nothing otherwise. */
export function EarlyRepaymentButton({ loan }: { loan: Loan }) {
  const may = useMay('repayment.record');
  const [open, setOpen] = useState(false);
  if (!may || loan.status !== 'disbursed') return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {m.early_repayment()}
      </Button>
      {open && <EarlyRepayment loan={loan} onClose={() => setOpen(false)} />}
    </>
  );
}

/** What settles the loan on a day; then the money that came, for all of it or for a part. */
function EarlyRepayment({ loan, onClose }: { loan: Loan; onClose: () => void }) {
  const today = api.useQuery('get', '/api/v1/business-day');
  return (
    <Dialog title={m.early_repayment_title({ reference: loan.reference })} onClose={onClose}>
      <Answer of={today}>{({ day }) => <Quoted loan={loan} day={day} onClose={onClose} />}</Answer>
    </Dialog>
  );
}

function Quoted({ loan, day, onClose }: { loan: Loan; day: string; onClose: () => void }) {
  const quote = api.useQuery('get', '/api/v1/loans/{loan_id}/early-repayment-quote', {
    params: { path: { loan_id: loan.loan_id } },
  });
  return (
    <Answer of={quote}>
      {(found) => (
        <>
          <QuoteFacts quote={found} />
          <EarlyForm loan={loan} day={day} total={found.total} onClose={onClose} />
        </>
      )}
    </Answer>
  );
}

// Few amounts are too much: what asks about it comes with those that are.
const Kept = lazy(() => import('./kept-for-borrower').then((it) => ({ default: it.KeptForBorrower })));

type FormProps = { loan: Loan; day: string; total: number; onClose: () => void };

function EarlyForm({ loan, day, total, onClose }: FormProps) {
  const { currency } = loan;
  const settle = useCommand(RepayInFull);
  const part = useCommand(RepayEarly);
  const [how, setHow] = useState<How>('all');
  const [repayment] = useState(() => crypto.randomUUID());
  const [kept, setKept] = useState(false);
  const form = useFields(RepayEarly, {
    repayment_id: repayment as string,
    amount: { amount: writtenAmount(total, currency), currency: currency as 'EUR' },
    value_date: day,
    method: 'transfer' as Method,
    reference: '',
    keeps: 'lower-instalment' as Keeps,
  });
  const used = how === 'all' ? settle : part;
  const over = how === 'all' ? (readAmount(form.values.amount.amount, currency) ?? 0) - total : 0;
  const send = form.onSubmit(async ({ keeps: _, ...body }) => {
    const path = { loan_id: loan.loan_id };
    const done =
      how === 'all'
        ? await settle.send({ path, body: { ...body, keeps_overpayment: kept && over > 0 } })
        : await part.send({ path, body: { ...body, keeps: how } });
    if (done) onClose();
    else showErrors(form, used.problem);
  });
  return (
    <form className="stack" onSubmit={send} noValidate>
      <NativeSelect
        label={m.early_repayment_how()}
        data={[
          { value: 'all', label: m.early_repayment_all() },
          { value: 'lower-instalment', label: m.early_repayment_lower() },
          { value: 'same-instalment', label: m.early_repayment_shorter() },
        ]}
        value={how}
        onChange={(event) => setHow(event.currentTarget.value as How)}
      />
      <MoneyInput
        label={m.servicing_amount()}
        currency={currency}
        data-autofocus
        required
        {...form.getInputProps('amount.amount')}
      />
      <div className={s.fields}>
        <DateInput label={m.servicing_received_on()} max={day} required {...form.getInputProps('value_date')} />
        <NativeSelect label={m.servicing_method()} data={methodOptions()} {...form.getInputProps('method')} />
      </div>
      <TextInput
        label={m.field_reference()}
        autoComplete="off"
        {...limits(RepayEarly, 'reference')}
        {...form.getInputProps('reference')}
      />
      {over > 0 && (
        <Suspense fallback={null}>
          <Kept amount={money(over, currency)} checked={kept} onChange={setKept} />
        </Suspense>
      )}
      <Outcome of={used} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={used.pending}>
          {how === 'all' ? m.early_repayment_settle({ amount: money(total, currency) }) : m.early_repayment_record()}
        </Button>
      </Actions>
    </form>
  );
}
