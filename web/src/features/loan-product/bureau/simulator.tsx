import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { api } from '~/api/client';
import { LoanSimulation } from '~/api/operations';
import { useLocale } from '~/app/locale';
import { readAmount, writtenAmount } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { DateInput, limits, MoneyInput } from '~/ui/form';
import { type Law, lawWord } from '~/ui/law';
import { Answer, Empty } from '~/ui/states';
import { type Currency, type Draft, draftOf, PLAIN, readTerms } from '../terms';
import { type Days, NO_DAYS, readDays } from '../wish';
import s from './loan-product.module.css';
import { type Asked, Simulated } from './simulated';
import { SimulatorMore } from './simulator-more';
import { feeTitles, TermsFields } from './terms-fields';

const CURRENCIES = LoanSimulation.bounds['principal.currency'].oneOf;
const LAWS = LoanSimulation.bounds.law.oneOf;
const PAUSE = 300;

type Wish = {
  draft: Draft;
  currency: Currency;
  law: Law;
  amount: string;
  periods: string;
  payout: string;
  first: string;
  days: Days;
};

const START = {
  draft: { ...PLAIN, rate: '6' },
  amount: '5000.00',
  periods: '24',
  payout: '',
  first: '',
  days: NO_DAYS,
};

/** What any loan would cost, before anybody asks for one: nothing is kept. */
export function Simulator() {
  const house = api.useQuery('get', '/api/v1/organisation');
  return (
    <>
      <PageHeader title={m.simulator()} about={m.simulator_about()} />
      <Answer of={house}>{({ currency }) => <Desk currency={currency as Currency} />}</Answer>
    </>
  );
}

function Desk({ currency }: { currency: Currency }) {
  const [wish, setWish] = useState<Wish>({ ...START, currency, law: 'unspecified' });
  const [settled] = useDebouncedValue(wish, PAUSE);
  const set = (changes: Partial<Wish>) => setWish({ ...wish, ...changes });
  const { wrong } = readTerms(wish.draft, wish.currency, feeTitles());
  const asked = read(settled);
  return (
    <div className={s.desk}>
      <Card title={m.simulator_asked()}>
        <div className="stack">
          <div className={s.fields}>
            <FromProduct onChoose={set} />
            <NativeSelect
              label={m.loan_product_currency()}
              data={[...CURRENCIES]}
              value={wish.currency}
              onChange={(event) => set({ currency: event.currentTarget.value as Currency })}
            />
            <MoneyInput
              label={m.simulator_amount()}
              currency={wish.currency}
              required
              value={wish.amount}
              onChange={(amount) => set({ amount })}
            />
            <TextInput
              label={m.simulator_periods()}
              type="number"
              {...limits(LoanSimulation, 'periods')}
              value={wish.periods}
              onChange={(event) => set({ periods: event.currentTarget.value })}
            />
            <DateInput label={m.simulator_payout()} value={wish.payout} onChange={(payout) => set({ payout })} />
            <DateInput label={m.simulator_first()} value={wish.first} onChange={(first) => set({ first })} />
            <NativeSelect
              label={m.field_law()}
              data={LAWS.map((law) => ({ value: law, label: lawWord(law) }))}
              value={wish.law}
              onChange={(event) => set({ law: event.currentTarget.value as Law })}
            />
          </div>
          <TermsFields
            draft={wish.draft}
            wrong={wrong ?? []}
            currency={wish.currency}
            onChange={(draft) => set({ draft })}
          />
          <SimulatorMore
            days={wish.days}
            currency={wish.currency}
            variable={wish.draft.index.trim() !== ''}
            onChange={(days) => set({ days })}
          />
        </div>
      </Card>
      <div className="stack">
        {asked ? (
          <Simulated asked={asked} />
        ) : (
          <Empty title={m.simulator_incomplete()}>{m.simulator_incomplete_about()}</Empty>
        )}
      </div>
    </div>
  );
}

/** Begin with the terms that a product has today. */
function FromProduct({ onChoose }: { onChoose: (changes: Partial<Wish>) => void }) {
  const { locale } = useLocale();
  const products = api.useQuery('get', '/api/v1/loan-products');
  const house = api.useQuery('get', '/api/v1/business-day');
  const rows = products.data ?? [];
  const choose = (id: string) => {
    const product = rows.find((each) => each.product_id === id);
    const day = house.data?.day ?? '';
    const terms = product?.terms.filter((each) => each.from_on <= day).at(-1) ?? product?.terms[0];
    if (product && terms)
      onChoose({
        draft: draftOf(terms.terms),
        currency: product.currency as Currency,
        law: product.law,
        amount: writtenAmount(product.min_principal, product.currency),
        periods: String(product.max_months),
      });
  };
  return (
    <NativeSelect
      label={m.simulator_from_product()}
      data={[
        { value: '', label: m.simulator_own_terms() },
        ...rows.map((each) => ({ value: each.product_id, label: locale === 'fr' ? each.title_fr : each.title_en })),
      ]}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  );
}

/** What is asked of the API; null while something is missing. */
function read(wish: Wish): Asked | null {
  const amount = readAmount(wish.amount, wish.currency);
  const periods = /^\d{1,4}$/.test(wish.periods) ? Number(wish.periods) : 0;
  const { terms } = readTerms(wish.draft, wish.currency, feeTitles());
  const days = readDays(wish.days, wish.currency);
  if (!amount || !periods || !terms || !days) return null;
  return {
    terms,
    law: wish.law,
    principal: { amount: writtenAmount(amount, wish.currency), currency: wish.currency },
    periods,
    payout_on: wish.payout || null,
    first_due_on: wish.first || null,
    ...days,
  };
}
