import { Button, Checkbox } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { api } from '~/api/client';
import { ConfirmInformation } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { money, percent, rate } from '~/lib/format';
import { term } from '~/lib/term';
import { m } from '~/paraglide/messages';
import { Card, Facts } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Answer } from '~/ui/states';
import { useSeenLoan } from '../use-seen-loan';
import s from './information.module.css';
import type { Loan } from './loan-line';

type Text = components['schemas']['ConsentText'];

/** What the law wants a borrower to have before the contract, and the word that it was received. */
export function Information({ loan }: { loan: Loan }) {
  const texts = api.useQuery('get', '/api/v1/consents', { params: { query: { moment: 'approval' } } });
  const house = api.useQuery('get', '/api/v1/organisation');
  const cost = api.useQuery('get', '/api/v1/loan-products/{product_id}/simulation', {
    params: {
      path: { product_id: loan.product_id },
      query: {
        principal: loan.principal,
        months: loan.months,
        ...(loan.rate === null ? {} : { rate: loan.rate }),
        ...(loan.planned_payout_on ? { start: loan.planned_payout_on } : {}),
      },
    },
  });
  return (
    <Card title={m.my_information()} flush>
      <p className={s.about}>{m.my_information_about()}</p>
      <Answer of={cost} rows={4}>
        {(of) => (
          <Facts
            facts={[
              [m.my_information_lender(), house.data?.legal_name],
              [m.my_information_amount(), money(of.principal, of.currency)],
              [m.my_information_time(), term(of.months, of.frequency)],
              [m.my_information_rate(), rate(of.rate)],
              [m.my_information_apr(), percent(of.apr / 10_000, 2)],
              [m.my_information_instalment(), money(of.instalment, of.currency)],
              [m.my_information_cost(), money(of.interest, of.currency)],
              [m.my_information_total(), money(of.total, of.currency)],
            ]}
          />
        )}
      </Answer>
      <ul className={s.rights}>
        <li>{m.my_information_step_back()}</li>
        <li>{m.my_information_no_payment()}</li>
        <li>{m.my_information_early()}</li>
        <li>{m.my_information_late()}</li>
      </ul>
      <Answer of={texts} rows={2}>
        {([text]) => text && <Received loan={loan} text={text} />}
      </Answer>
    </Card>
  );
}

function Received({ loan, text }: { loan: Loan; text: Text }) {
  const { locale } = useLocale();
  const { about, know } = useSeenLoan(loan);
  const confirm = useCommand(ConfirmInformation);
  const [read, setRead] = useState(false);
  const [tried, setTried] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!read) return;
    if (!(await confirm.send({ ...about, body: { version: text.version, language: locale } }))) know();
  };
  return (
    <form className={s.received} onSubmit={send} noValidate>
      <Checkbox
        label={locale === 'fr' ? text.text_fr : text.text_en}
        checked={read}
        error={tried && !read ? m.my_information_needed() : undefined}
        onChange={() => setRead(!read)}
      />
      <Outcome of={confirm} />
      <div className={s.actions}>
        <Button variant="default" onClick={() => window.print()}>
          {m.my_information_print()}
        </Button>
        <Button type="submit" loading={confirm.pending}>
          {m.my_information_do()}
        </Button>
      </div>
    </form>
  );
}
