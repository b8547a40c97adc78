import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { LaunchLoanProduct } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, MoneyInput, showErrors, useFields } from '~/ui/form';
import { Answer } from '~/ui/states';
import { readRate } from '../rate';
import s from './loan-product.module.css';

const CURRENCIES = LaunchLoanProduct.bounds['min_principal.currency'].oneOf;
type Currency = (typeof CURRENCIES)[number];

/** A new product, offered from now on. */
export function Launch({ onClose }: { onClose: () => void }) {
  const house = api.useQuery('get', '/api/v1/organisation');
  return (
    <Dialog title={m.loan_product_launch()} onClose={onClose} wide>
      <Answer of={house}>{({ currency }) => <LaunchForm currency={currency as Currency} onClose={onClose} />}</Answer>
    </Dialog>
  );
}

function LaunchForm({ currency: first, onClose }: { currency: Currency; onClose: () => void }) {
  const launch = useCommand(LaunchLoanProduct);
  const [currency, setCurrency] = useState<Currency>(first);
  const [product_id] = useState<string>(() => crypto.randomUUID());
  const [typedRate, typeRate] = useState('');
  const form = useFields(LaunchLoanProduct, {
    product_id,
    code: '',
    title_fr: '',
    title_en: '',
    rate: 0,
    min_principal: { amount: '', currency: first },
    max_principal: { amount: '', currency: first },
    min_months: 6,
    max_months: 60,
  });
  const rate = readRate(typedRate);
  const send = form.onSubmit(async (typed) => {
    if (rate === null) return form.setErrors({ rate: m.loan_product_rate_wrong() });
    const body = {
      ...typed,
      rate,
      min_months: Number(typed.min_months),
      max_months: Number(typed.max_months),
      min_principal: { amount: typed.min_principal.amount, currency },
      max_principal: { amount: typed.max_principal.amount, currency },
    };
    if (await launch.send({ body })) onClose();
    else showErrors(form, launch.problem);
  });
  return (
    <form className="stack" onSubmit={send} noValidate>
      <div className={s.fields}>
        <TextInput
          label={m.loan_product_title_fr()}
          data-autofocus
          {...limits(LaunchLoanProduct, 'title_fr')}
          {...form.getInputProps('title_fr')}
        />
        <TextInput
          label={m.loan_product_title_en()}
          {...limits(LaunchLoanProduct, 'title_en')}
          {...form.getInputProps('title_en')}
        />
        <TextInput
          label={m.loan_product_code()}
          description={m.loan_product_code_about()}
          {...limits(LaunchLoanProduct, 'code')}
          {...form.getInputProps('code')}
        />
        <TextInput
          label={m.field_rate()}
          description={m.loan_product_rate_about()}
          inputMode="decimal"
          required
          rightSection="%"
          error={form.errors.rate}
          value={typedRate}
          onChange={(event) => typeRate(event.currentTarget.value)}
        />
      </div>
      <div className={s.fields}>
        <NativeSelect
          label={m.loan_product_currency()}
          data={[...CURRENCIES]}
          value={currency}
          onChange={(event) => setCurrency(event.currentTarget.value as Currency)}
        />
        <MoneyInput
          label={m.loan_product_min()}
          currency={currency}
          required
          {...form.getInputProps('min_principal.amount')}
        />
        <MoneyInput
          label={m.loan_product_max()}
          currency={currency}
          required
          {...form.getInputProps('max_principal.amount')}
        />
        <TextInput
          type="number"
          label={m.loan_product_min_months()}
          {...limits(LaunchLoanProduct, 'min_months')}
          {...form.getInputProps('min_months')}
        />
        <TextInput
          type="number"
          label={m.loan_product_max_months()}
          {...limits(LaunchLoanProduct, 'max_months')}
          {...form.getInputProps('max_months')}
        />
      </div>
      <Outcome of={launch} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={launch.pending}>
          {m.loan_product_launch_do()}
        </Button>
      </Actions>
    </form>
  );
}
