import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { RefundOverpayment } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { money, writtenAmount } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, MoneyInput, showErrors, useFields } from '~/ui/form';
import { Answer } from '~/ui/states';
import { type Method, methodOptions } from '../words';
import s from './servicing.module.css';

type Account = components['schemas']['LoanBalance'];
type Props = { reference: string; account: Account; onClose: () => void };

/** The button, for whoever may pay out and a loan on which money waits; nothing otherwise. */
export function RefundButton({ reference, account }: Omit<Props, 'onClose'>) {
  const may = useMay('loan.disburse');
  const [open, setOpen] = useState(false);
  if (!may || account.advance <= 0) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {m.refund()}
      </Button>
      {open && <Refund reference={reference} account={account} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Money that pays nothing goes back to the borrower: how much, when and how. */
function Refund(props: Props) {
  const today = api.useQuery('get', '/api/v1/business-day');
  return (
    <Dialog title={m.refund_title({ reference: props.reference })} onClose={props.onClose}>
      <Answer of={today}>{({ day }) => <RefundForm {...props} day={day} />}</Answer>
    </Dialog>
  );
}

function RefundForm({ account, day, onClose }: Props & { day: string }) {
  const { currency, advance, overpaid } = account;
  const refund = useCommand(RefundOverpayment);
  const form = useFields(RefundOverpayment, {
    amount: { amount: writtenAmount(overpaid || advance, currency) as string, currency: currency as 'EUR' },
    value_date: day,
    method: 'transfer' as Method,
    reference: '',
    reason: '',
  });
  const send = form.onSubmit(async ({ reason, ...values }) => {
    const body = { ...values, reason: reason || null };
    if (await refund.send({ path: { loan_id: account.loan_id }, body })) onClose();
    else showErrors(form, refund.problem);
  });
  return (
    <form className="stack" onSubmit={send} noValidate>
      <p className="mute">
        {m.refund_about({ amount: money(advance, currency) })}
        {overpaid > 0 && ` ${m.refund_overpaid({ amount: money(overpaid, currency) })}`}
      </p>
      <MoneyInput
        label={m.servicing_amount()}
        currency={currency}
        data-autofocus
        required
        {...form.getInputProps('amount.amount')}
      />
      <div className={s.fields}>
        <DateInput label={m.servicing_value_date()} max={day} required {...form.getInputProps('value_date')} />
        <NativeSelect label={m.servicing_method()} data={methodOptions()} {...form.getInputProps('method')} />
      </div>
      <TextInput
        label={m.field_reference()}
        description={m.servicing_reference_about()}
        autoComplete="off"
        {...limits(RefundOverpayment, 'reference')}
        {...form.getInputProps('reference')}
      />
      <Textarea
        label={m.servicing_alone()}
        description={m.servicing_alone_about()}
        autosize
        minRows={2}
        {...limits(RefundOverpayment, 'reason')}
        {...form.getInputProps('reason')}
      />
      <Outcome of={refund} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={refund.pending}>
          {m.refund()}
        </Button>
      </Actions>
    </form>
  );
}
