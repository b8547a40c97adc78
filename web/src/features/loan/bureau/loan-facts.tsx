import { Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { date, integer, money, percent, rate } from '~/lib/format';
import { titled } from '~/lib/titled';
import { m } from '~/paraglide/messages';
import { Card, Facts } from '~/ui/card';
import { Kpi, Kpis } from '~/ui/kpi';
import { lawWord } from '~/ui/law';
import { Rows } from '~/ui/rows';
import { Empty } from '~/ui/states';
import { sourceWords } from './approval-check';
import { CostOf } from './cost-of';
import { CounterOfferFacts } from './counter-offer-facts';
import { Drawdowns } from './drawdowns';
import { LoanClocks } from './loan-clocks';
import { useAccount } from './loan-next';

type Loan = components['schemas']['LoanEntry'];
type Account = components['schemas']['LoanBalance'];
type Consent = components['schemas']['ConsentLine'];

/** The rate of now, with the one that was agreed where an index has moved it since. */
const rateOf = (loan: Loan, now = loan.rate) => {
  if (now === null || loan.rate === null) return null;
  return now === loan.rate ? rate(now) : m.rate_since({ rate: rate(now), agreed: rate(loan.rate) });
};

/** What was agreed, who it is for, and how far it is paid back. */
export function LoanFacts({ loan }: { loan: Loan }) {
  const account = useAccount(loan);
  const day = (on: string | null) => on && date(on);
  return (
    <div className="stack">
      {account ? <Figures of={account} /> : <CostOf loan={loan} rate={loan.rate ?? undefined} />}
      <div className="columns">
        <div className="stack">
          <Card title={m.loan_terms()} flush>
            <Facts
              facts={[
                [m.field_principal(), money(loan.principal, loan.currency)],
                [m.field_months(), integer(loan.months)],
                [m.field_rate(), rateOf(loan, account?.rate)],
                ...proofOf(loan),
                [m.field_product(), titled(loan.product_title_fr, loan.product_title_en)],
                [m.field_purpose(), loan.purpose],
                [m.field_planned_payout_on(), day(loan.planned_payout_on)],
                [m.field_customer(), <Borrower key="customer" loan={loan} />],
                [m.customer_reference(), loan.customer_reference],
              ]}
            />
          </Card>
          <CounterOfferFacts loan={loan} />
          <Drawdowns loan={loan} />
        </div>
        <div className="stack">
          <Card title={m.loan_days()} flush>
            <Rows
              rows={[
                [m.field_requested_on(), day(loan.requested_on)],
                [m.field_approved_on(), day(loan.approved_on)],
                ...(loan.informed_on ? [[m.field_informed_on(), day(loan.informed_on)] as const] : []),
                [m.field_signed_on(), day(loan.signed_on)],
                [m.field_disbursed_on(), day(loan.disbursed_on)],
                [m.field_repaid_on(), day(loan.repaid_on)],
              ]}
            />
          </Card>
          <LoanClocks loan={loan} />
          <Card title={m.field_consents()} flush>
            {loan.consents.length === 0 ? (
              <Empty title={m.consents_none()}>{m.consents_none_about()}</Empty>
            ) : (
              <Rows rows={loan.consents.map((each) => [consentTitle(each), consentWords(each)])} />
            )}
          </Card>
        </div>
      </div>
    </div>
  );
}

/** What it was checked against when it was approved: the proof stays with the decision. */
const proofOf = ({ approved_on, apr, law, ceiling }: Loan) =>
  approved_on && apr !== null
    ? ([
        [m.field_apr(), percent(apr / 10_000, 2)],
        [m.field_law(), lawWord(law)],
        [m.field_ceiling(), ceiling ? rate(ceiling.rate) : m.ceiling_none()],
        ...(ceiling ? [[m.ceiling_source(), sourceWords(ceiling)] as const] : []),
      ] as const)
    : [];

const Borrower = ({ loan }: { loan: Loan }) => (
  <Link to="/customers/$customerId" params={{ customerId: loan.customer_id }} className="link">
    {loan.customer_name ?? '—'}
  </Link>
);

const consentTitle = ({ consent }: Consent) =>
  consent === 'data-processing' ? m.consent_data() : m.consent_electronic();
const consentWords = ({ given_on, means }: Consent) =>
  m.consent_given({ day: date(given_on), means: means === 'paper' ? m.consent_on_paper() : m.consent_online() });

const Figures = ({ of }: { of: Account }) => (
  <Kpis>
    <Kpi
      label={m.field_principal_owed()}
      value={money(of.principal_owed, of.currency)}
      hint={m.loan_paid_share({ share: percent(of.principal ? of.principal_paid / of.principal : 0, 0) })}
    />
    <Kpi
      label={m.field_received()}
      value={money(of.received, of.currency)}
      hint={of.advance > 0 && m.loan_of_which_advance({ amount: money(of.advance, of.currency) })}
    />
    <Kpi
      label={m.field_next_due_on()}
      value={of.next_due_on ? money(of.next_due, of.currency) : '—'}
      hint={of.next_due_on && date(of.next_due_on)}
    />
    <Kpi
      label={m.field_overdue()}
      value={money(of.overdue, of.currency)}
      delta={of.days_past_due ? m.days_count({ count: integer(of.days_past_due) }) : undefined}
      good={of.days_past_due === 0}
    />
  </Kpis>
);
