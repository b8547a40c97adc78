import { getRouteApi, Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { CURRENCIES } from '~/lib/currencies';
import { date, integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { Money } from '~/ui/money';
import { Refine, SearchBox, StateChips } from '~/ui/refine';
import { Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { BUCKETS, bucketWord, type LateSearch, type LateSort } from '../late-search';

type Late = components['schemas']['LateLoan'];
const route = getRouteApi('/_in/arrears/');

/** The loans that are past due, one on each line, what has been late for longest first. */
export function LateLoans({ counts }: { counts: Record<string, number> }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (next: Partial<LateSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const { sort, ...filters } = search;
  const narrow = Object.values(filters).some((each) => each !== undefined);
  return (
    <Card title={m.arrears_late_loans()} flush>
      <DataTable<Late>
        label={m.arrears_late_loans()}
        path="/api/v1/arrears/loans"
        params={filters}
        columns={columns()}
        rowKey={(loan) => loan.loan_id}
        sort={sort ?? 'late_since'}
        onSort={(by) => change({ sort: by as LateSort | undefined })}
        onOpen={(loan) => void navigate({ to: '/loans/$loanId', params: { loanId: loan.loan_id } })}
        tools={
          <>
            <StateChips
              label={m.arrears_bucket()}
              name="bucket"
              value={search.bucket}
              all={m.filter_all()}
              options={BUCKETS.map((each) => [each, bucketWord(each)])}
              counts={counts}
            />
            <SearchBox label={m.loan_search()} value={search.q} onSearch={(q) => change({ q })} />
            <Refine
              refinements={[
                {
                  name: 'currency',
                  label: m.field_currency(),
                  kind: 'choice',
                  options: CURRENCIES.map((value) => ({ value, label: value })),
                },
              ]}
              values={search}
              onChange={change}
            />
          </>
        }
        empty={
          <Empty title={narrow ? m.loan_book_none_such() : m.servicing_late_none()}>
            {narrow ? m.list_widen() : m.servicing_late_none_about()}
          </Empty>
        }
      />
    </Card>
  );
}

const columns = (): Column<Late>[] => [
  {
    id: 'reference',
    header: m.field_reference(),
    sort: 'reference',
    cell: (loan) => (
      <Link to="/loans/$loanId" params={{ loanId: loan.loan_id }}>
        {loan.reference}
      </Link>
    ),
    wide: true,
  },
  {
    id: 'customer',
    phone: 'name',
    header: m.servicing_customer(),
    sort: 'customer',
    // A link as well: on a phone the reference is left out.
    cell: (loan) => (
      <Link to="/loans/$loanId" params={{ loanId: loan.loan_id }}>
        {loan.customer_name ?? loan.reference}
      </Link>
    ),
  },
  {
    id: 'days',
    phone: 'about',
    header: m.arrears_days(),
    sort: 'late_since',
    cell: (loan) => <Status tone="bad">{m.arrears_days_late({ count: integer(loan.days_past_due) })}</Status>,
  },
  {
    id: 'since',
    header: m.arrears_since(),
    cell: (loan) => date(loan.late_since),
    wide: true,
  },
  {
    id: 'instalments',
    header: m.arrears_instalments(),
    cell: (loan) => integer(loan.late_instalments),
    end: true,
    wide: true,
  },
  {
    id: 'past',
    phone: 'value',
    header: m.servicing_late(),
    sort: 'past_due',
    cell: (loan) => <Money amount={loan.past_due} currency={loan.currency} />,
    end: true,
  },
  {
    id: 'outstanding',
    header: m.servicing_owed(),
    sort: 'outstanding',
    cell: (loan) => <Money amount={loan.outstanding} currency={loan.currency} />,
    end: true,
    wide: true,
  },
  {
    id: 'next',
    phone: 'aside',
    header: m.servicing_next(),
    cell: (loan) => (loan.next_due_on ? date(loan.next_due_on) : m.arrears_next_none()),
    end: true,
    wide: true,
  },
  {
    id: 'do',
    header: m.servicing_todo(),
    cell: (loan) => (
      <Link to="/repayments/$loanId" params={{ loanId: loan.loan_id }} className="link">
        {m.arrears_account()}
      </Link>
    ),
    wide: true,
  },
];
