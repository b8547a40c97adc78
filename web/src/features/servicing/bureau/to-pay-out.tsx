import { Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useLocale } from '~/app/locale';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { ExportButton } from '~/ui/export-button';
import { Money } from '~/ui/money';
import { SearchBox } from '~/ui/refine';
import { Empty } from '~/ui/states';
import { nextPayout, PayOut } from './pay-out';
import s from './servicing.module.css';

type Loan = components['schemas']['LoanEntry'];
const route = getRouteApi('/_in/to-pay-out/');

/** Signed loans whose money has not left and drawdowns whose day has come, the longest waiting first. */
export function ToPayOut() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const { locale } = useLocale();
  const [chosen, choose] = useState<Loan | null>(null);
  const stop = api.useQuery('get', '/api/v1/stop-switch');
  const params = { to_pay_out: true, q };
  return (
    <>
      <PageHeader title={m.servicing_to_pay_out()} about={m.servicing_to_pay_out_about()}>
        <ExportButton
          path="/api/v1/loans/export"
          params={{ ...params, sort: 'requested_on', layout: 'spreadsheet', language: locale }}
          name={m.servicing_to_pay_out_file()}
        />
      </PageHeader>
      {stop.data && stop.data.status !== 'released' && (
        <p className={s.note} role="status">
          {m.servicing_stopped()}
        </p>
      )}
      <Card flush>
        <DataTable<Loan>
          label={m.servicing_to_pay_out()}
          path="/api/v1/loans"
          params={params}
          sort="requested_on"
          columns={columns(choose)}
          rowKey={(loan) => loan.loan_id}
          tools={
            <SearchBox
              label={m.loan_search()}
              value={q}
              onSearch={(wanted) => void navigate({ search: { q: wanted }, replace: true })}
            />
          }
          empty={
            <Empty title={q ? m.loan_book_none_such() : m.servicing_nothing_to_pay()}>
              {q ? m.list_widen() : m.servicing_nothing_to_pay_about()}
            </Empty>
          }
        />
      </Card>
      {chosen && <PayOut loan={chosen} onClose={() => choose(null)} />}
    </>
  );
}

const columns = (choose: (loan: Loan) => void): Column<Loan>[] => [
  {
    id: 'reference',
    header: m.field_reference(),
    cell: (loan) => (
      <Link to="/loans/$loanId" params={{ loanId: loan.loan_id }}>
        {loan.reference}
      </Link>
    ),
  },
  { id: 'customer', phone: 'name', header: m.servicing_customer(), cell: (loan) => loan.customer_name ?? '—' },
  {
    id: 'signed',
    phone: 'about',
    header: m.servicing_signed_on(),
    cell: (loan) => loan.signed_on && date(loan.signed_on),
    wide: true,
  },
  {
    id: 'planned',
    header: m.servicing_planned_on(),
    cell: (loan) => plannedOn(loan),
    wide: true,
  },
  {
    id: 'principal',
    phone: 'value',
    header: m.servicing_leaves(),
    cell: (loan) => <Leaves loan={loan} />,
    end: true,
  },
  {
    id: 'do',
    phone: 'aside',
    header: m.servicing_todo(),
    cell: (loan) => (
      <Button size="xs" onClick={() => choose(loan)}>
        {m.servicing_pay_out()}
      </Button>
    ),
  },
];

/** For when what leaves next is planned. */
function plannedOn(loan: Loan) {
  const on = loan.next_drawdown_on ?? loan.planned_payout_on;
  return on ? date(on) : '—';
}

/** What leaves next, and of a loan in several parts which of them it is. */
function Leaves({ loan }: { loan: Loan }) {
  const next = nextPayout(loan) ?? { amount: loan.principal };
  return (
    <>
      <Money amount={next.amount} currency={loan.currency} />
      {next.number && (
        <small className={s.part}>
          {m.servicing_part_of({ number: String(next.number), count: String(loan.drawdowns.length) })}
        </small>
      )}
    </>
  );
}
