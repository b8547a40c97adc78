import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Status } from '~/ui/status';
import { LoanStatusMark } from '../words';

type Loan = components['schemas']['LoanEntry'];

/** What the same customer borrowed before: how it was paid back says more than a form. */
export function OtherLoans({ loan }: { loan: Loan }) {
  const { data } = api.useQuery('get', '/api/v1/loans', {
    params: { query: { customer_id: loan.customer_id, limit: 20 } },
  });
  const others = (data?.items ?? []).filter((each) => each.loan_id !== loan.loan_id);
  return (
    <Card title={m.request_other_loans()} flush={others.length > 0}>
      {others.length === 0 ? (
        <p className="mute">{data ? m.request_first_loan() : '…'}</p>
      ) : (
        <Listing label={m.request_other_loans()} rows={others} columns={columns()} rowKey={(each) => each.loan_id} />
      )}
    </Card>
  );
}

const columns = (): Column<Loan>[] => [
  {
    id: 'reference',
    header: m.field_reference(),
    cell: (each) => (
      <Link to="/loans/$loanId" params={{ loanId: each.loan_id }}>
        {each.reference}
      </Link>
    ),
  },
  { id: 'status', header: m.field_status(), cell: (each) => <LoanStatusMark status={each.status} /> },
  { id: 'requested', header: m.field_requested_on(), cell: (each) => date(each.requested_on), wide: true },
  {
    id: 'overdue',
    header: m.field_overdue(),
    cell: (each) =>
      each.overdue ? (
        <Status tone="bad">
          <Money amount={each.overdue} currency={each.currency} />
        </Status>
      ) : (
        '—'
      ),
    end: true,
    wide: true,
  },
  {
    id: 'principal',
    header: m.field_principal(),
    cell: (each) => <Money amount={each.principal} currency={each.currency} />,
    end: true,
  },
];
