import { Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { components } from '~/api/schema';
import { useLocale } from '~/app/locale';
import { useMay } from '~/app/me';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { ExportButton } from '~/ui/export-button';
import { Filters } from '~/ui/filters';
import { Money } from '~/ui/money';
import { SearchBox } from '~/ui/refine';
import { Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { RecordRepaymentDialog } from './record-repayment';

type Loan = components['schemas']['LoanEntry'];
const route = getRouteApi('/_in/repayments/');

/** The loans that are being paid back, what is due next first: where money that arrives is entered. */
export function RunningLoans() {
  const { late, q, sort } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay('repayment.record');
  const { locale } = useLocale();
  const [chosen, choose] = useState<Loan | null>(null);
  const params = { status: 'disbursed,returning', overdue: late, q };
  const order = sort ?? 'next_due_on';
  return (
    <>
      <PageHeader title={m.servicing_repayments()} about={m.servicing_repayments_about()}>
        <ExportButton
          path="/api/v1/loans/export"
          params={{ ...params, sort: order, layout: 'spreadsheet', language: locale }}
          name={m.servicing_repayments_file()}
        />
      </PageHeader>
      <Card flush>
        <DataTable<Loan>
          label={m.servicing_repayments()}
          path="/api/v1/loans"
          params={params}
          columns={columns(may ? choose : undefined)}
          rowKey={(loan) => loan.loan_id}
          sort={order}
          onSort={(to) => void navigate({ search: (before) => ({ ...before, sort: to }), replace: true })}
          onOpen={(loan) => void navigate({ to: '/repayments/$loanId', params: { loanId: loan.loan_id } })}
          tools={
            <>
              <Filters
                name="late"
                value={late ? 'true' : undefined}
                all={m.filter_all()}
                options={[['true', m.servicing_late()]]}
              />
              <SearchBox
                label={m.loan_search()}
                value={q}
                onSearch={(wanted) => void navigate({ search: (before) => ({ ...before, q: wanted }), replace: true })}
              />
            </>
          }
          empty={
            <Empty title={q ? m.loan_book_none_such() : late ? m.servicing_late_none() : m.servicing_running_none()}>
              {q ? m.list_widen() : late ? m.servicing_late_none_about() : m.servicing_running_none_about()}
            </Empty>
          }
        />
      </Card>
      {chosen && <RecordRepaymentDialog loan={chosen} onClose={() => choose(null)} />}
    </>
  );
}

const columns = (choose?: (loan: Loan) => void): Column<Loan>[] => [
  {
    id: 'reference',
    header: m.field_reference(),
    sort: 'reference',
    cell: (loan) => (
      <Link to="/repayments/$loanId" params={{ loanId: loan.loan_id }}>
        {loan.reference}
      </Link>
    ),
  },
  {
    id: 'customer',
    phone: 'name',
    header: m.servicing_customer(),
    cell: (loan) => loan.customer_name ?? '—',
    sort: 'customer',
  },
  {
    id: 'next',
    phone: 'about',
    header: m.servicing_next(),
    cell: (loan) => (loan.next_due_on ? date(loan.next_due_on) : '—'),
    sort: 'next_due_on',
    wide: true,
  },
  {
    id: 'overdue',
    phone: 'aside',
    header: m.servicing_late(),
    sort: 'overdue',
    end: true,
    cell: (loan) =>
      loan.overdue ? (
        <Status tone="bad">
          <Money amount={loan.overdue} currency={loan.currency} />
        </Status>
      ) : (
        '—'
      ),
  },
  {
    id: 'since',
    header: m.field_late_since(),
    cell: (loan) => (loan.late_since ? date(loan.late_since) : '—'),
    end: true,
    wide: true,
  },
  {
    id: 'principal',
    phone: 'value',
    header: m.field_principal(),
    cell: (loan) => <Money amount={loan.principal} currency={loan.currency} />,
    sort: 'principal',
    end: true,
    wide: true,
  },
  ...(choose ? [enter(choose)] : []),
];

const enter = (choose: (loan: Loan) => void): Column<Loan> => ({
  id: 'do',
  header: m.servicing_todo(),
  wide: true,
  cell: (loan) => (
    <Button variant="default" size="xs" onClick={() => choose(loan)}>
      {m.servicing_record_short()}
    </Button>
  ),
});
