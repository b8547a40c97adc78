import { Button, Textarea, TextInput } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { type FormEvent, useDeferredValue, useState } from 'react';
import { api } from '~/api/client';
import { MakeCounterOffer } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { useMe } from '~/app/me';
import { money, readAmount, rate as saidRate, writtenAmount } from '~/lib/format';
import { readRate, writtenRate } from '~/lib/rate';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, MoneyInput } from '~/ui/form';
import { Answer } from '~/ui/states';
import { Status } from '~/ui/status';
import { approvalOf } from '../approval';
import { SideBySide } from '../side-by-side';
import { useSeenLoan } from '../use-seen-loan';
import { Checked } from './approval-check';
import { CeilingRefusal } from './ceiling-refusal';

type Loan = components['schemas']['LoanEntry'];
type House = components['schemas']['OrganisationLine'];
type Product = components['schemas']['ProductLine'];
type Props = { loan: Loan; onClose: () => void };

/** Offers other conditions than those that were asked for; the client answers. */
export function CounterOffer({ loan, onClose }: Props) {
  const house = api.useQuery('get', '/api/v1/organisation');
  const product = api.useQuery('get', '/api/v1/loan-products/{product_id}', {
    params: { path: { product_id: loan.product_id } },
  });
  return (
    <Dialog title={m.counter_offer_title({ reference: loan.reference })} onClose={onClose} wide>
      <Answer of={house}>
        {(organisation) => (
          <Answer of={product}>
            {(lends) => <CounterOfferForm loan={loan} house={organisation} product={lends} onClose={onClose} />}
          </Answer>
        )}
      </Answer>
    </Dialog>
  );
}

function CounterOfferForm({ loan, house, product, onClose }: Props & { house: House; product: Product }) {
  const { locale } = useLocale();
  const way = approvalOf(loan, useMe(), house);
  const { about, know } = useSeenLoan(loan);
  const offer = useCommand(MakeCounterOffer);
  // A second counter-offer begins with the first.
  const before = loan.status === 'counter-offered' ? loan.counter_offer?.offered : undefined;
  const [typed, setTyped] = useState(() => ({
    principal: writtenAmount(before?.principal ?? loan.requested_principal, loan.currency),
    months: String(before?.months ?? loan.requested_months),
    rate: writtenRate(before?.rate ?? product.rate, locale),
    day: '',
    reason: '',
    alone: '',
  }));
  const [tried, setTried] = useState(false);
  const put = (field: keyof typeof typed) => (value: string) => setTyped((was) => ({ ...was, [field]: value }));
  const { read, wrong } = readOffer(typed, loan.currency, product);
  const wrongReason = typed.reason.trim() === '' ? m.bounds_required() : null;
  const wrongAlone = way.alone && typed.alone.trim().length < 10 ? m.bounds_min_length({ min: '10' }) : null;
  const asked = useDeferredValue(read);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!read || wrongReason || wrongAlone) return;
    const body = {
      principal: { amount: writtenAmount(read.principal, loan.currency), currency: loan.currency as 'EUR' },
      months: read.months,
      rate: read.rate,
      planned_payout_on: typed.day || null,
      reason: typed.reason.trim(),
      alone_because: way.alone ? typed.alone.trim() : null,
    };
    if (await offer.send({ ...about, body })) onClose();
    else know();
  };
  return (
    <form className="stack" onSubmit={send} noValidate>
      <p className="mute">{m.counter_offer_about()}</p>
      {way.own && !way.alone && <Status tone="bad">{m.loan_own_request()}</Status>}
      <div className="columns">
        <MoneyInput
          label={m.counter_offer_amount()}
          currency={loan.currency}
          required
          data-autofocus
          value={typed.principal}
          error={wrong.principal}
          onChange={put('principal')}
        />
        <TextInput
          label={m.counter_offer_instalments()}
          inputMode="numeric"
          autoComplete="off"
          required
          value={typed.months}
          error={wrong.months}
          onChange={(event) => put('months')(event.currentTarget.value)}
        />
        <TextInput
          label={m.field_rate()}
          description={m.rate_at_most({ rate: saidRate(product.rate) })}
          inputMode="decimal"
          autoComplete="off"
          required
          rightSection={<span className="mute">%</span>}
          value={typed.rate}
          error={wrong.rate}
          onChange={(event) => put('rate')(event.currentTarget.value)}
        />
        <DateInput
          label={m.field_planned_payout_on()}
          description={m.loan_payout_day_about()}
          value={typed.day}
          onChange={put('day')}
        />
      </div>
      <Textarea
        label={m.counter_offer_reason()}
        description={m.reason_read_by_customer()}
        rows={3}
        {...limits(MakeCounterOffer, 'reason')}
        required
        value={typed.reason}
        error={tried && wrongReason}
        onChange={(event) => put('reason')(event.currentTarget.value)}
      />
      {way.alone && (
        <Textarea
          label={m.field_self_approval()}
          description={m.loan_alone_about()}
          rows={2}
          {...limits(MakeCounterOffer, 'alone_because')}
          required
          value={typed.alone}
          error={tried && wrongAlone}
          onChange={(event) => put('alone')(event.currentTarget.value)}
        />
      )}
      {asked && (
        <Beside
          loanId={loan.loan_id}
          offer={asked}
          start={typed.day}
          alone={way.alone}
          onRate={(highest) => put('rate')(writtenRate(highest, locale))}
        />
      )}
      <Outcome of={offer} />
      <CeilingRefusal problem={offer.problem} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={offer.pending}>
          {m.counter_offer_do()}
        </Button>
      </Actions>
    </form>
  );
}

type Read = { principal: number; months: number; rate: number };

/** What is typed, within what the product lends; what is wrong with it field by field. */
function readOffer(typed: { principal: string; months: string; rate: string }, currency: string, product: Product) {
  const principal = readAmount(typed.principal, currency);
  const months = /^\d{1,3}$/.test(typed.months.trim()) ? Number(typed.months) : null;
  const rate = readRate(typed.rate);
  const wrong = {
    principal: within(principal, product.min_principal, product.max_principal, (each) => money(each, currency)),
    months: within(months, product.min_months, product.max_months, String),
    rate: rate !== null && rate > product.rate ? m.rate_at_most({ rate: saidRate(product.rate) }) : pattern(rate),
  };
  const all =
    principal !== null && months !== null && rate !== null && !wrong.principal && !wrong.months && !wrong.rate;
  return { read: all ? ({ principal, months, rate } satisfies Read) : null, wrong };
}

const pattern = (value: number | null) => (value === null ? m.bounds_pattern() : null);

function within(value: number | null, least: number, most: number, said: (value: number) => string) {
  if (value === null) return m.bounds_pattern();
  if (value < least) return m.bounds_min({ min: said(least) });
  return value > most ? m.bounds_max({ max: said(most) }) : null;
}

type BesideProps = {
  loanId: string;
  offer: Read;
  start: string;
  alone: boolean;
  onRate: (rate: number) => void;
};

/** The request and the offer side by side, and everything that stands in the offer's way: asked while it is typed. */
function Beside({ loanId, offer, start, alone, onRate }: BesideProps) {
  const check = api.useQuery(
    'get',
    '/api/v1/loans/{loan_id}/counter-offer-check',
    {
      params: {
        path: { loan_id: loanId },
        query: { ...offer, ...(start ? { planned_payout_on: start } : {}), ...(alone ? { alone } : {}) },
      },
    },
    { placeholderData: keepPreviousData, retry: false },
  );
  return (
    <Answer of={check} rows={6}>
      {(of) => (
        <>
          <Card title={m.counter_offer_compared()} flush>
            <SideBySide requested={of.requested} offered={of.offered} currency={of.currency} />
          </Card>
          <Checked of={of} onRate={onRate} />
        </>
      )}
    </Answer>
  );
}
