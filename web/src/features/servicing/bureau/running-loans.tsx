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

/** The loans that are being paid back, what is due next first, or those that hold money for their borrower. */
export function RunningLoans() {
  const { show, q, sort } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay('repayment.record');
  const { locale } = useLocale();
  const [chosen, choose] = useState<Loan | null>(null);
  const held = show === 'overpaid';
  const params = held
    ? { overpaid: true, q }
    : { status: 'disbursed,returning', overdue: show === 'late' || undefined, q };
  // After its end a loan has no next instalment: sorted by it, it would not be shown.
  const order = held && (sort ?? 'next_due_on').endsWith('next_due_on') ? 'reference' : (sort ?? 'next_due_on');
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
          columns={columns(held, may ? choose : undefined)}
          rowKey={(loan) => loan.loan_id}
          sort={order}
          onSort={(to) => void navigate({ search: (before) => ({ ...before, sort: to }), replace: true })}
          onOpen={(loan) => void navigate({ to: '/repayments/$loanId', params: { loanId: loan.loan_id } })}
          tools={
            <>
              <Filters
                name="show"
                value={show}
                all={m.filter_all()}
                options={[
                  ['late', m.servicing_late()],
                  ['overpaid', m.servicing_overpaid()],
                ]}
              />
              <SearchBox
                label={m.loan_search()}
                value={q}
                onSearch={(wanted) => void navigate({ search: (before) => ({ ...before, q: wanted }), replace: true })}
              />
            </>
          }
          empty={
            <Empty title={q ? m.loan_book_none_such() : NONE[show ?? 'running'][0]()}>
              {q ? m.list_widen() : NONE[show ?? 'running'][1]()}
            </Empty>
          }
        />
      </Card>
      {chosen && <RecordRepaymentDialog loan={chosen} onClose={() => choose(null)} />}
    </>
  );
}

const NONE = {
  running: [m.servicing_running_none, m.servicing_running_none_about],
  late: [m.servicing_late_none, m.servicing_late_none_about],
  overpaid: [m.servicing_overpaid_none, m.servicing_overpaid_none_about],
} as const;

const columns = (held: boolean, choose?: (loan: Loan) => void): Column<Loan>[] => [
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
  held ? overpaid() : overdue(),
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

const overpaid = (): Column<Loan> => ({
  id: 'overpaid',
  phone: 'aside',
  header: m.servicing_overpaid(),
  end: true,
  cell: (loan) => <Money amount={loan.overpaid} currency={loan.currency} />,
});

const overdue = (): Column<Loan> => ({
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
});

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
