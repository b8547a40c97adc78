import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
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
import { allotment, usualAmounts } from '../allotment';
import { type Method, methodOptions } from '../words';
import s from './servicing.module.css';

type Loan = Pick<components['schemas']['LoanEntry'], 'loan_id' | 'reference' | 'currency' | 'status' | 'customer_name'>;
type Props = { loan: Loan; onClose: () => void };
type Entry = components['schemas']['ScheduleEntry'];

/** The button, for whoever may and a loan that is being paid back; nothing otherwise. */
export function RecordRepaymentButton({ loan }: { loan: Loan }) {
  const may = useMay('repayment.record');
  const [open, setOpen] = useState(false);
  if (!may || loan.status !== 'disbursed') return null;
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
  const schedule = api.useQuery('get', '/api/v1/loans/{loan_id}/schedule', params);
  const balance = api.useQuery('get', '/api/v1/loans/{loan_id}/account', params);
  return (
    <Dialog title={m.servicing_record_title({ reference: loan.reference })} onClose={onClose}>
      <Answer of={today}>
        {({ day }) => (
          <Answer of={balance}>
            {({ advance }) => (
              <Answer of={schedule}>
                {(entries) => (
                  <RecordForm loan={loan} day={day} schedule={entries} advance={advance} onClose={onClose} />
                )}
              </Answer>
            )}
          </Answer>
        )}
      </Answer>
    </Dialog>
  );
}

type FormProps = Props & { day: string; schedule: Entry[]; advance: number };

function RecordForm({ loan, day, schedule, advance, onClose }: FormProps) {
  const { currency } = loan;
  const record = useCommand(RecordRepayment);
  const [repayment] = useState(() => crypto.randomUUID());
  const form = useFields(RecordRepayment, {
    repayment_id: repayment as string,
    amount: { amount: '', currency: currency as 'EUR' },
    value_date: day,
    method: 'transfer' as Method,
    reference: '',
  });
  const send = form.onSubmit(async (body) => {
    if (await record.send({ path: { loan_id: loan.loan_id }, body })) onClose();
    else showErrors(form, record.problem);
  });
  const amount = readAmount(form.values.amount.amount, currency);
  const usual = usualAmounts(schedule, advance);
  const offered = [
    [m.servicing_fallen(), usual.fallen],
    [m.servicing_next(), usual.next],
    [m.servicing_all(), usual.all],
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
        <DateInput label={m.servicing_received_on()} max={day} required {...form.getInputProps('value_date')} />
        <NativeSelect label={m.servicing_method()} data={methodOptions()} {...form.getInputProps('method')} />
      </div>
      <TextInput
        label={m.field_reference()}
        description={m.servicing_reference_about()}
        autoComplete="off"
        {...limits(RecordRepayment, 'reference')}
        {...form.getInputProps('reference')}
      />
      {amount ? <Pays amount={amount} schedule={schedule} currency={currency} /> : null}
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

/** What the amount will pay, in the API's order. */
function Pays({ amount, schedule, currency }: { amount: number; schedule: Entry[]; currency: string }) {
  const { parts, advance } = allotment(amount, schedule);
  const most = 4;
  const rest = parts.slice(most).reduce((sum, part) => sum + part.interest + part.principal, 0);
  return (
    <dl className={s.pays} aria-live="polite" aria-label={m.servicing_pays()}>
      {parts.slice(0, most).map((part) => (
        <div key={part.number}>
          <dt>
            {m.servicing_instalment({ number: part.number, day: date(part.due_on) })}
            <small>
              {m.servicing_of_which({
                interest: money(part.interest, currency),
                principal: money(part.principal, currency),
              })}
            </small>
          </dt>
          <dd className="num">{money(part.interest + part.principal, currency)}</dd>
        </div>
      ))}
      {rest > 0 && (
        <div>
          <dt>{m.servicing_further({ count: parts.length - most })}</dt>
          <dd className="num">{money(rest, currency)}</dd>
        </div>
      )}
      {advance > 0 && (
        <div>
          <dt>
            {m.servicing_advance()}
            <small>{m.servicing_advance_about()}</small>
          </dt>
          <dd className="num">{money(advance, currency)}</dd>
        </div>
      )}
    </dl>
  );
}
