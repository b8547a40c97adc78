import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Actions, Dialog } from '~/ui/dialog';
import s from './payments.module.css';
import { WhatItPaid } from './what-it-paid';

type Loan = components['schemas']['LoanEntry'];
type Repayment = components['schemas']['RepaymentLine'];

const METHODS: Record<string, () => string> = {
  transfer: m.method_of_transfer,
  cash: m.method_of_cash,
  cheque: m.method_of_cheque,
};
export const methodOf = (method: string) => METHODS[method]?.() ?? method;

type ReceiptProps = { repayment: Repayment; loan: Loan; onClose: () => void };

/** One payment: what came in, and what it pays. */
export function Receipt({ repayment, loan, onClose }: ReceiptProps) {
  const amount = (minor: number) => money(minor, repayment.currency);
  const rows: [string, string | null][] = [
    [m.receipt_loan(), loan.reference],
    [m.receipt_from(), loan.customer_name],
    [m.receipt_day(), date(repayment.value_date)],
    [m.receipt_method(), methodOf(repayment.method)],
    [m.receipt_reference(), repayment.reference],
    [m.payment_reversed(), repayment.reversed_on && date(repayment.reversed_on)],
    [m.receipt_reason(), repayment.reversed_because],
  ];
  return (
    <Dialog title={m.receipt()} onClose={onClose}>
      <dl className={`${s.receipt} num`}>
        <div data-total="">
          <dt>{m.receipt_amount()}</dt>
          <dd>{amount(repayment.amount)}</dd>
        </div>
        {rows.map(
          ([label, value]) =>
            value && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {!repayment.reversed && <WhatItPaid repayment={repayment} loanId={loan.loan_id} />}
      <Actions>
        <Button
          variant="default"
          leftSection={<IconPrinter size={16} stroke={1.6} aria-hidden="true" />}
          onClick={() => print()}
        >
          {m.print()}
        </Button>
        <Button onClick={onClose}>{m.close()}</Button>
      </Actions>
    </Dialog>
  );
}
