import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import type { Currency } from '~/lib/currencies';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Answer, Empty } from '~/ui/states';

type Loan = components['schemas']['LoanEntry'];
const SHOWN = 6;

type WaitingProps = { status: 'requested' | 'ready'; currency: Currency };

/** The loans that have waited longest for a decision, or for their money. */
export function WaitingLoans({ status, currency }: WaitingProps) {
  const requested = status === 'requested';
  const loans = api.useQuery('get', '/api/v1/loans', {
    params: { query: { status, currency, sort: 'requested_on', limit: SHOWN } },
  });
  const title = requested ? m.overview_to_decide() : m.overview_to_pay_out();
  return (
    <Card
      flush
      title={title}
      aside={
        <Link to="/loans" search={{ status, currency }} className="link">
          {m.overview_all()}
        </Link>
      }
    >
      <Answer of={loans} rows={4}>
        {(page) => (
          <Listing
            label={title}
            rows={page.items}
            columns={columns(requested)}
            rowKey={(loan) => loan.loan_id}
            empty={
              <Empty title={requested ? m.overview_decided() : m.overview_paid_out()}>
                {requested ? m.overview_decided_about() : m.overview_paid_out_about()}
              </Empty>
            }
          />
        )}
      </Answer>
    </Card>
  );
}

const columns = (requested: boolean): Column<Loan>[] => [
  {
    id: 'reference',
    phone: 'about',
    header: m.field_reference(),
    cell: (loan) => (
      <Link to="/loans/$loanId" params={{ loanId: loan.loan_id }}>
        {loan.reference}
      </Link>
    ),
  },
  { id: 'customer', phone: 'name', header: m.overview_customer(), cell: (loan) => loan.customer_name ?? '—' },
  {
    id: 'since',
    phone: 'aside',
    header: requested ? m.field_requested_on() : m.overview_signed_on(),
    cell: (loan) => date((requested ? loan.requested_on : loan.signed_on) ?? loan.requested_on),
    wide: true,
  },
  {
    id: 'principal',
    phone: 'value',
    header: m.field_principal(),
    cell: (loan) => <Money amount={loan.principal} currency={loan.currency} />,
    end: true,
  },
];
