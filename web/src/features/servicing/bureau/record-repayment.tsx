import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { api } from '~/api/client';
import { RecordRepayment } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { date, money, readAmount, writtenAmount } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, MoneyInput, showErrors, useFields } from '~/ui/form';
import { Answer } from '~/ui/states';
import { type Method, methodOptions } from '../words';
import { madeOf } from './parts';
import s from './servicing.module.css';

type Loan = Pick<
  components['schemas']['LoanEntry'],
  'loan_id' | 'reference' | 'currency' | 'status' | 'customer_name' | 'disbursed_on'
>;
type Props = { loan: Loan; onClose: () => void };
type Preview = components['schemas']['RepaymentPreview'];

// Few amounts are too much: what asks about it comes with those that are.
const Kept = lazy(() => import('./kept-for-borrower').then((it) => ({ default: it.KeptForBorrower })));

/** The button, for whoever may and a loan whose money has left, also after its end; nothing otherwise. */
export function RecordRepaymentButton({ loan }: { loan: Loan }) {
  const may = useMay('repayment.record');
  const [open, setOpen] = useState(false);
  if (!may || !loan.disbursed_on) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{m.servicing_record()}</Button>
      {open && <RecordRepaymentDialog loan={loan} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Money that arrived: how much, when and how; before it is sent, what it will pay. */
export function RecordRepaymentDialog({ loan, onClose }: Props) {
  const params = { params: { path: { loan_id: loan.loan_id } } };
  const today = api.useQuery('get', '/api/v1/business-day');
  const usual = api.useQuery('get', '/api/v1/loans/{loan_id}/repayment-preview', params);
  return (
    <Dialog title={m.servicing_record_title({ reference: loan.reference })} onClose={onClose}>
      <Answer of={today}>
        {({ day }) => (
          <Answer of={usual}>
            {(preview) => <RecordForm loan={loan} day={day} usual={preview} onClose={onClose} />}
          </Answer>
        )}
      </Answer>
    </Dialog>
  );
}

type FormProps = Props & { day: string; usual: Preview };

function RecordForm({ loan, day, usual, onClose }: FormProps) {
  const { currency } = loan;
  const record = useCommand(RecordRepayment);
  const [repayment] = useState(() => crypto.randomUUID());
  const [keeps, setKeeps] = useState(false);
  const form = useFields(RecordRepayment, {
    repayment_id: repayment as string,
    amount: { amount: '', currency: currency as 'EUR' },
    value_date: day,
    method: 'transfer' as Method,
    reference: '',
  });
  const send = form.onSubmit(async (values) => {
    const body = { ...values, keeps_overpayment: keeps && overpaid > 0 };
    if (await record.send({ path: { loan_id: loan.loan_id }, body })) onClose();
    else showErrors(form, record.problem);
  });
  const amount = readAmount(form.values.amount.amount, currency);
  const on = form.values.value_date;
  const wrong = outside(loan, on, day);
  const asked = amount && on && !wrong ? { amount, value_date: on } : null;
  const preview = usePreview(loan, asked, record.pending);
  const overpaid = (asked && preview.data?.overpaid) || 0;
  const offered = [
    [m.servicing_fallen(), usual.owed_now],
    [m.servicing_next(), usual.next],
    [m.servicing_all(), usual.owed],
  ] as const;
  return (
    <form className="stack" onSubmit={send} noValidate>
      <MoneyInput
        label={m.servicing_amount()}
        currency={currency}
        data-autofocus
        required
        {...form.getInputProps('amount.amount')}
      />
      <div className={s.usual}>
        {offered.map(
          ([label, value]) =>
            value > 0 && (
              <button
                key={label}
                type="button"
                onClick={() => form.setFieldValue('amount.amount', writtenAmount(value, currency) as never)}
              >
                {label} <span className="num">{money(value, currency)}</span>
              </button>
            ),
        )}
      </div>
      <div className={s.fields}>
        <DateInput
          label={m.servicing_received_on()}
          min={loan.disbursed_on ?? undefined}
          max={day}
          required
          {...form.getInputProps('value_date')}
          error={form.errors.value_date ?? wrong}
        />
        <NativeSelect label={m.servicing_method()} data={methodOptions()} {...form.getInputProps('method')} />
      </div>
      <TextInput
        label={m.field_reference()}
        description={m.servicing_reference_about()}
        autoComplete="off"
        {...limits(RecordRepayment, 'reference')}
        {...form.getInputProps('reference')}
      />
      {asked && <Pays preview={preview} />}
      {overpaid > 0 && (
        <Suspense fallback={null}>
          <Kept amount={money(overpaid, currency)} checked={keeps} onChange={setKeeps} />
        </Suspense>
      )}
      <Outcome of={record} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={record.pending}>
          {amount ? m.servicing_record_amount({ amount: money(amount, currency) }) : m.servicing_record_short()}
        </Button>
      </Actions>
    </form>
  );
}

/** A day on which the money cannot have arrived: said while it is typed, without asking. */
function outside(loan: Loan, on: string, today: string) {
  if (loan.disbursed_on && on && on < loan.disbursed_on)
    return m.servicing_before_payout({ day: date(loan.disbursed_on) });
  return on > today ? m.servicing_not_yet({ day: date(today) }) : null;
}

const PAUSE = 300;
const MOST = 4;

type Asked = { amount: number; value_date: string };

/** What the amount will pay, as the API reckons it; asked for once the typing pauses, and no more once it is sent. */
function usePreview(loan: Loan, asked: Asked | null, sent: boolean) {
  const [query] = useDebouncedValue(asked, PAUSE);
  return api.useQuery(
    'get',
    '/api/v1/loans/{loan_id}/repayment-preview',
    { params: { path: { loan_id: loan.loan_id }, query: query ?? {} } },
    { placeholderData: keepPreviousData, retry: false, enabled: !sent && query !== null },
  );
}

function Pays({ preview }: { preview: ReturnType<typeof usePreview> }) {
  if (preview.error)
    return (
      <p className={s.note} role="alert">
        <b>{preview.error.title}</b> {preview.error.what_to_do}
      </p>
    );
  if (!preview.data) return null;
  const { parts, advance, overpaid, recovered, others, currency } = preview.data;
  const waits = advance - overpaid;
  const rest = parts.slice(MOST).reduce((sum, part) => sum + part.total, 0);
  return (
    <dl className={s.pays} aria-live="polite" aria-label={m.servicing_pays()}>
      {parts.slice(0, MOST).map((part) => (
        <div key={part.number}>
          <dt>
            {part.due_on
              ? m.servicing_instalment({ number: part.number, day: date(part.due_on) })
              : m.servicing_replaced({ number: part.number })}
            <small>{madeOf(part, currency)}</small>
          </dt>
          <dd className="num">{money(part.total, currency)}</dd>
        </div>
      ))}
      {rest > 0 && (
        <div>
          <dt>{m.servicing_further({ count: parts.length - MOST })}</dt>
          <dd className="num">{money(rest, currency)}</dd>
        </div>
      )}
      {recovered > 0 && (
        <div>
          <dt>{m.servicing_recovers()}</dt>
          <dd className="num">{money(recovered, currency)}</dd>
        </div>
      )}
      {waits > 0 && (
        <div>
          <dt>
            {m.servicing_advance()}
            <small>{m.servicing_advance_about()}</small>
          </dt>
          <dd className="num">{money(waits, currency)}</dd>
        </div>
      )}
      {others > 0 && (
        <div>
          <dt>
            <small>{m.servicing_others({ count: others })}</small>
          </dt>
        </div>
      )}
    </dl>
  );
}
