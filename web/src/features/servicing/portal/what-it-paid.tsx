import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { integer, longDate, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Answer } from '~/ui/states';
import s from './payments.module.css';

type Repayment = components['schemas']['RepaymentLine'];
type Part = components['schemas']['PaidPart'];
type What = NonNullable<Part['what']>;

const WHAT: Record<What, () => string> = {
  penalty: m.my_paid_penalty,
  fee: m.my_paid_fee,
  insurance: m.my_paid_insurance,
  interest: m.my_paid_interest,
  principal: m.my_paid_principal,
  refund: m.my_paid_refund,
  claim: m.my_paid_claim,
  recovery: m.my_paid_recovery,
};

/** What a payment pays as far as is known today; and what it was said to pay before more became known. */
export function WhatItPaid({ repayment, loanId }: { repayment: Repayment; loanId: string }) {
  const found = api.useQuery('get', '/api/v1/loans/{loan_id}/allocations', { params: { path: { loan_id: loanId } } });
  const { currency } = repayment;
  return (
    <section className={s.paid} aria-label={m.my_paid()}>
      <h3>{m.my_paid()}</h3>
      <Answer of={found} rows={2}>
        {(rows) => {
          const now = rows.find((each) => each.repayment_id === repayment.repayment_id);
          if (!now) return <p className="mute">{m.my_paid_nothing()}</p>;
          return <Parts parts={partsOf(now)} currency={currency} />;
        }}
      </Answer>
      {repayment.reallocated.map((each, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the past is only added to
        <div key={at} className={s.moved}>
          <p>{m.my_paid_changed({ day: longDate(each.on) })}</p>
          <h4>{m.my_paid_before()}</h4>
          <Parts parts={each.before} currency={currency} />
          <h4>{m.my_paid_since()}</h4>
          <Parts parts={each.after} currency={currency} />
        </div>
      ))}
    </section>
  );
}

type Now = components['schemas']['RepaymentAllocation'];
const partsOf = ({ parts, waiting }: Now): Part[] =>
  waiting ? [...parts, { what: null, number: 0, amount: waiting }] : parts;

const Parts = ({ parts, currency }: { parts: readonly Part[]; currency: string }) => (
  <ul className="num">
    {parts.map((part) => (
      <li key={`${part.number} ${part.what}`}>
        <span>{said(part)}</span>
        <b>{money(part.amount, currency)}</b>
      </li>
    ))}
  </ul>
);

function said({ what, number }: Part) {
  if (!what) return m.my_paid_waiting();
  const word = WHAT[what]?.() ?? what;
  return number > 0 ? m.my_paid_of({ what: word, number: integer(number) }) : word;
}
