import { Button, Textarea } from '@mantine/core';
import { client } from '~/api/client';
import { WithdrawLoanProduct } from '~/api/operations';
import type { components } from '~/api/schema';
import { type Described, useCommand } from '~/api/use-command';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';

type Props = { product: components['schemas']['ProductLine']; onClose: () => void };

// Nothing else of a product ever changes.
const describe: Described = (field, value) =>
  field === 'withdrawn_on'
    ? {
        label: m.field_status(),
        value: value ? m.loan_product_withdrawn_on({ day: date(value as string) }) : m.loan_product_offered(),
      }
    : undefined;

/** No new request from now on; the loans that were made stay as they are. */
export function Withdraw({ product, onClose }: Props) {
  const withdraw = useCommand(WithdrawLoanProduct);
  const form = useFields(WithdrawLoanProduct, { reason: '' });
  const path = { product_id: product.product_id };
  const send = form.onSubmit(async (body) => {
    const reread = async () => (await client.GET('/api/v1/loan-products/{product_id}', { params: { path } })).data;
    if (await withdraw.send({ path, body, seen: product, reread, describe })) onClose();
    else showErrors(form, withdraw.problem);
  });
  return (
    <Dialog title={m.loan_product_withdraw_title({ code: product.code })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{m.loan_product_withdraw_about()}</p>
        <Textarea
          label={m.loan_product_reason()}
          autosize
          minRows={2}
          {...limits(WithdrawLoanProduct, 'reason')}
          {...form.getInputProps('reason')}
        />
        <Outcome of={withdraw} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={withdraw.pending}>
            {m.loan_product_withdraw()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
