import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, integer, money, rate } from '~/lib/format';
import { titled } from '~/lib/titled';
import { m } from '~/paraglide/messages';
import { Card, Facts, PageHeader } from '~/ui/card';
import { NextStep } from '~/ui/next-step';
import { Answer } from '~/ui/states';
import { Tabs } from '~/ui/tabs';
import { ContractMark } from '../words';
import { Papers } from './papers';
import { Review } from './review';

type Contract = components['schemas']['ContractEntry'];
const route = getRouteApi('/_in/contracts/$contractId');

/** One contract: what the paper says, what came back, and the decision on it. */
export function ContractFile({ history }: { history: (contractId: string) => ReactNode }) {
  const { contractId } = route.useParams();
  const { tab, v } = route.useSearch();
  const contract = api.useQuery('get', '/api/v1/contracts/{contract_id}', {
    params: { path: { contract_id: contractId } },
  });
  const past = tab === 'history' && v !== undefined;
  return (
    <Answer of={contract} rows={8} page>
      {(line) => (
        <>
          <PageHeader
            title={line.customer_name ?? m.section_contract()}
            reference={line.reference}
            about={titled(line.product_title_fr, line.product_title_en)}
          >
            <Link to="/loans/$loanId" params={{ loanId: line.loan_id }} className="link">
              {m.contract_loan({ reference: line.loan_reference ?? '—' })}
            </Link>
            {!past && <ContractMark status={line.status} />}
            <fieldset className="whole" disabled={past}>
              <Review contract={line} disabled={past} />
            </fieldset>
          </PageHeader>
          {!past && <Next contract={line} />}
          <Tabs
            value={tab}
            tabs={[
              [undefined, m.contract_papers()],
              ['history', m.history()],
            ]}
          />
          {tab === 'history' ? (
            history(contractId)
          ) : (
            <div className="stack">
              <Papers contract={line} />
              <Terms contract={line} />
            </div>
          )}
        </>
      )}
    </Answer>
  );
}

function Next({ contract }: { contract: Contract }) {
  const on = (day: string | null) => (day ? date(day) : '—');
  switch (contract.status) {
    case 'returned':
      return (
        <NextStep title={m.contract_next_review()}>
          <span className="mute">{m.contract_next_review_about({ day: on(contract.copy_received_on) })}</span>
        </NextStep>
      );
    case 'sent':
      return contract.copy_refused_because ? (
        <NextStep tone="bad" title={m.contract_next_again()}>
          <span className="mute">{m.quoted({ text: contract.copy_refused_because })}</span>
        </NextStep>
      ) : (
        <NextStep title={m.next_signature()}>
          <span className="mute">{m.contract_next_sent({ day: on(contract.sent_on) })}</span>
        </NextStep>
      );
    case 'signed':
      return (
        <NextStep tone="done" title={m.contract_next_signed({ day: on(contract.signed_on) })}>
          <Link to="/loans/$loanId" params={{ loanId: contract.loan_id }} className="link">
            {m.contract_to_loan()}
          </Link>
        </NextStep>
      );
    case 'expired':
      return <NextStep tone="done" title={m.contract_state_expired()} />;
    default:
      return <NextStep title={m.contract_next_making()} />;
  }
}

const Terms = ({ contract: line }: { contract: Contract }) => (
  <Card title={m.loan_terms()} flush>
    <Facts
      facts={[
        [m.field_principal(), money(line.principal, line.currency)],
        [m.field_rate(), rate(line.rate)],
        [m.field_months(), integer(line.months)],
        [m.field_planned_payout_on(), date(line.planned_payout_on)],
        [m.field_drafted_on(), date(line.drafted_on)],
        [m.field_sent_on(), line.sent_on && date(line.sent_on)],
        [m.field_copy_received_on(), line.copy_received_on && date(line.copy_received_on)],
        [m.field_signed_on(), line.signed_on && date(line.signed_on)],
        [m.field_language(), line.language === 'fr' ? m.language_fr() : m.language_en()],
      ]}
    />
  </Card>
);
