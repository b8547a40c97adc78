import { Button } from '@mantine/core';
import { useState } from 'react';
import { client } from '~/api/client';
import { ReviseLoanProduct } from '~/api/operations';
import type { components } from '~/api/schema';
import { type Described, useCommand } from '~/api/use-command';
import { date, rate, writtenAmount } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput } from '~/ui/form';
import { type Currency, draftOf, readTerms } from '../terms';
import { Sample } from './sample';
import { feeTitles, TermsFields } from './terms-fields';

type Props = { product: components['schemas']['ProductLine']; onClose: () => void };

const describe: Described = (field, value) => {
  if (field === 'rate') return { label: m.field_rate(), value: rate(value as number) };
  if (field === 'withdrawn_on')
    return {
      label: m.field_status(),
      value: value ? m.loan_product_withdrawn_on({ day: date(value as string) }) : '—',
    };
  return undefined;
};

/** Other terms from a day on, with what they would come to; the loans that were approved keep theirs. */
export function Revise({ product, onClose }: Props) {
  const revise = useCommand(ReviseLoanProduct);
  const newest = product.terms.at(-1)?.terms;
  const currency = product.currency as Currency;
  const [draft, setDraft] = useState(() => newest && draftOf(newest));
  const [from, setFrom] = useState('');
  if (!draft) return null;
  const { terms, wrong = [] } = readTerms(draft, currency, feeTitles(), newest);
  const path = { product_id: product.product_id };
  const send = async () => {
    if (!terms) return;
    const reread = async () => (await client.GET('/api/v1/loan-products/{product_id}', { params: { path } })).data;
    const body = { terms, from_on: from || null };
    if (await revise.send({ path, body, seen: product, reread, describe })) onClose();
  };
  return (
    <Dialog title={m.terms_revise_title({ code: product.code })} onClose={onClose} wide>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p className="mute">{m.terms_revise_about()}</p>
        <DateInput label={m.terms_from_on()} description={m.terms_from_on_about()} value={from} onChange={setFrom} />
        <TermsFields draft={draft} wrong={wrong} currency={currency} onChange={setDraft} />
        <Sample
          terms={terms}
          law={product.law}
          amount={{ amount: writtenAmount(product.max_principal, currency), currency }}
          periods={product.max_months}
        />
        <Outcome of={revise} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={revise.pending} disabled={!terms}>
            {m.terms_revise_do()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
