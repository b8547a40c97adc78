import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { LaunchLoanProduct } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, MoneyInput, showErrors, useFields } from '~/ui/form';
import { type Law, lawWord } from '~/ui/law';
import { Answer } from '~/ui/states';
import { type Currency, isPlain, PLAIN, readTerms } from '../terms';
import s from './loan-product.module.css';
import { Sample } from './sample';
import { feeTitles, TermsFields } from './terms-fields';

const CURRENCIES = LaunchLoanProduct.bounds['min_principal.currency'].oneOf;
const LAWS = LaunchLoanProduct.bounds.law.oneOf;

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
  const [draft, setDraft] = useState(PLAIN);
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
    law: 'unspecified' as Law,
  });
  const { terms, wrong = [] } = readTerms(draft, currency, feeTitles());
  const send = form.onSubmit(async (typed) => {
    if (!terms) return form.setErrors({ rate: m.loan_product_rate_wrong() });
    const body = {
      ...typed,
      rate: terms.rate,
      terms: isPlain(draft) ? null : terms,
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
        <NativeSelect
          label={m.field_law()}
          description={m.loan_product_law_about()}
          data={LAWS.map((law) => ({ value: law, label: lawWord(law) }))}
          {...form.getInputProps('law')}
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
      <TermsFields draft={draft} wrong={wrong} currency={currency} onChange={setDraft} />
      {form.errors.rate && (
        <p className={s.wrong} role="alert">
          {form.errors.rate}
        </p>
      )}
      <Sample
        terms={terms}
        law={form.values.law}
        amount={{ amount: form.values.max_principal.amount, currency }}
        periods={Number(form.values.max_months)}
      />
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
