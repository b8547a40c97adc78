import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, client } from '~/api/client';
import { DisburseLoan } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay, useMe } from '~/app/me';
import { money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Facts } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, showErrors, useFields } from '~/ui/form';
import { Answer } from '~/ui/states';
import { describePayout, type Method, methodOptions } from '../words';
import { PayeeInForce } from './payee-in-force';
import s from './servicing.module.css';

type Loan = components['schemas']['LoanEntry'];
type Props = { loan: Loan; onClose: () => void };

/** What leaves next: the loan, or the first of its drawdowns that has not left; undefined when nothing does. */
export function nextPayout(loan: Loan): { amount: number; number?: number } | undefined {
  if (loan.status !== 'ready' && loan.status !== 'disbursed') return undefined;
  if (loan.drawdowns.length > 0) return loan.drawdowns.find((each) => each.state === 'planned');
  return loan.status === 'ready' ? { amount: loan.principal } : undefined;
}

/** The button, for whoever may and a loan that waits for its money; nothing otherwise. */
export function PayOutButton({ loan }: { loan: Loan }) {
  const may = useMay('loan.disburse');
  const [open, setOpen] = useState(false);
  const next = nextPayout(loan);
  if (!may || !next) return null;
  const first = loan.status === 'ready';
  return (
    <>
      <Button variant={first ? 'filled' : 'default'} onClick={() => setOpen(true)}>
        {next.number ? m.servicing_pay_drawdown({ number: String(next.number) }) : m.servicing_pay_out()}
      </Button>
      {open && <PayOut loan={loan} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Says that the principal, or the next of its drawdowns, left the house: when, how, and under which reference. */
export function PayOut({ loan, onClose }: Props) {
  const today = api.useQuery('get', '/api/v1/business-day');
  const house = api.useQuery('get', '/api/v1/organisation');
  return (
    <Dialog title={m.servicing_pay_out_title({ reference: loan.reference })} onClose={onClose}>
      <Answer of={house}>
        {({ policy }) => (
          <Answer of={today}>
            {({ day }) => <PayOutForm loan={loan} day={day} alone={policy === 'single-operator'} onClose={onClose} />}
          </Answer>
        )}
      </Answer>
    </Dialog>
  );
}

type FormProps = Props & { day: string; alone: boolean };

function PayOutForm({ loan, day, alone, onClose }: FormProps) {
  const own = useMe().account_id === loan.approved_by;
  const disburse = useCommand(DisburseLoan);
  const { amount, number } = nextPayout(loan) ?? { amount: loan.principal };
  const form = useFields(DisburseLoan, { value_date: day, method: 'transfer' as Method, reference: '', reason: '' });
  const send = form.onSubmit(async ({ reason, ...values }) => {
    const path = { loan_id: loan.loan_id };
    const done = await disburse.send({
      path,
      body: { ...values, reason: reason || null },
      seen: loan,
      reread: async () => (await client.GET('/api/v1/loans/{loan_id}', { params: { path } })).data,
      describe: describePayout,
    });
    if (done) onClose();
    else showErrors(form, disburse.problem);
  });
  return (
    <form className="stack" onSubmit={send} noValidate>
      <Facts
        facts={[
          [m.servicing_customer(), loan.customer_name],
          [m.field_principal(), money(loan.principal, loan.currency)],
          ...(number ? [[m.drawdown_number({ number: String(number) }), money(amount, loan.currency)] as const] : []),
        ]}
      />
      {own && !alone && <p className={s.note}>{m.servicing_own_approval()}</p>}
      <div className={s.fields}>
        <DateInput label={m.servicing_value_date()} max={day} required {...form.getInputProps('value_date')} />
        <NativeSelect label={m.servicing_method()} data={methodOptions()} {...form.getInputProps('method')} />
      </div>
      {form.values.method === 'transfer' && <PayeeInForce customer={loan.customer_id} />}
      <TextInput
        label={m.field_reference()}
        description={m.servicing_reference_about()}
        autoComplete="off"
        data-autofocus
        {...limits(DisburseLoan, 'reference')}
        {...form.getInputProps('reference')}
      />
      {own && alone && (
        <Textarea
          label={m.servicing_alone()}
          description={m.servicing_alone_about()}
          autosize
          minRows={2}
          {...limits(DisburseLoan, 'reason')}
          {...form.getInputProps('reason')}
        />
      )}
      <Outcome of={disburse} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={disburse.pending}>
          {m.servicing_pay_out_amount({ amount: money(amount, loan.currency) })}
        </Button>
      </Actions>
    </form>
  );
}
