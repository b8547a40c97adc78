import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, integer, money } from '~/lib/format';
import { titled } from '~/lib/titled';
import { m } from '~/paraglide/messages';
import { Card, Facts, PageHeader } from '~/ui/card';
import { Queue } from '~/ui/queue';
import { SearchBox } from '~/ui/refine';
import { Answer, Empty } from '~/ui/states';
import { LoanStatusMark } from '../words';
import { CostOf } from './cost-of';
import { Decision } from './decision';
import { OtherLoans } from './other-loans';
import s from './requests.module.css';
import { WhoDecides } from './who-decides';

type Loan = components['schemas']['LoanEntry'];
const route = getRouteApi('/_in/requests/');

/** Requests that wait for a decision, the one that waits longest first. */
export function Requests() {
  const { q, loan } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = useCallback(
    (key: string | undefined) =>
      void navigate({ search: (before) => ({ ...before, loan: key }), replace: true, resetScroll: false }),
    [navigate],
  );
  return (
    <>
      <PageHeader title={m.requests()} about={m.requests_about()} />
      <Queue<Loan>
        title={m.requests_waiting()}
        path="/api/v1/loans"
        params={{ status: 'requested', sort: 'requested_on', q }}
        rowKey={(line) => line.loan_id}
        face={(line) => [
          [line.customer_name ?? line.reference, money(line.principal, line.currency)],
          [`${line.reference} · ${line.purpose}`, date(line.requested_on)],
        ]}
        chosen={loan}
        onChoose={choose}
        keys={[
          ['A', m.loan_approve()],
          ['R', m.loan_decline()],
          ['P', m.counter_offer()],
        ]}
        tools={
          <div className={s.tools}>
            <SearchBox
              label={m.loan_search()}
              value={q}
              onSearch={(wanted) => void navigate({ search: (before) => ({ ...before, q: wanted }), replace: true })}
            />
          </div>
        }
        empty={
          <Empty title={q ? m.loan_book_none_such() : m.requests_none()}>
            {q ? m.list_widen() : m.requests_none_about()}
          </Empty>
        }
      >
        {(id) => <Request key={id} id={id} />}
      </Queue>
    </>
  );
}

function Request({ id }: { id: string }) {
  const loan = api.useQuery('get', '/api/v1/loans/{loan_id}', { params: { path: { loan_id: id } } });
  return (
    <Answer of={loan} rows={6}>
      {(line) => (
        <div className="stack">
          <section className={s.head} aria-label={line.reference}>
            <div>
              <h2>
                {line.customer_name ?? line.reference} <span className="num">{line.reference}</span>
              </h2>
              <p className="mute">{line.purpose}</p>
            </div>
            <div className="row">
              <LoanStatusMark status={line.status} />
              <Decision loan={line} />
            </div>
          </section>
          <WhoDecides loan={line} />
          <Card title={m.request_asked()} flush>
            <Facts
              facts={[
                [m.field_principal(), money(line.principal, line.currency)],
                [m.field_months(), integer(line.months)],
                [m.field_product(), titled(line.product_title_fr, line.product_title_en)],
                [m.field_requested_on(), date(line.requested_on)],
                [m.customer_reference(), line.customer_reference],
                [
                  m.field_consents(),
                  line.consents.length ? m.consents_count({ count: integer(line.consents.length) }) : null,
                ],
              ]}
            />
          </Card>
          <CostOf loan={line} rate={line.rate ?? undefined} />
          <OtherLoans loan={line} />
          <p className="row">
            <Link to="/loans/$loanId" params={{ loanId: line.loan_id }} className="link">
              {m.request_open_file()}
            </Link>
            <Link to="/customers/$customerId" params={{ customerId: line.customer_id }} className="link">
              {m.request_open_customer()}
            </Link>
          </p>
        </div>
      )}
    </Answer>
  );
}
