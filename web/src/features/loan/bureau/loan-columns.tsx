import { Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { date } from '~/lib/format';
import { titled } from '~/lib/titled';
import { m } from '~/paraglide/messages';
import type { Column } from '~/ui/data-table';
import { Money } from '~/ui/money';
import { Status } from '~/ui/status';
import { LoanStatusMark } from '../words';

type Line = components['schemas']['LoanEntry'];

/** A loan on one line, as lenders want it. */
export const loanColumns = (): Column<Line>[] => [
  {
    id: 'reference',
    header: m.field_reference(),
    sort: 'reference',
    cell: (line) => (
      <Link to="/loans/$loanId" params={{ loanId: line.loan_id }}>
        {line.reference}
      </Link>
    ),
    wide: true,
  },
  {
    id: 'customer',
    phone: 'name',
    header: m.field_customer(),
    sort: 'customer',
    // A link as well: on a phone the reference is left out.
    cell: (line) => (
      <Link to="/loans/$loanId" params={{ loanId: line.loan_id }}>
        {line.customer_name ?? line.reference}
      </Link>
    ),
  },
  {
    id: 'product',
    header: m.field_product(),
    cell: (line) => titled(line.product_title_fr, line.product_title_en),
    wide: true,
  },
  {
    id: 'status',
    phone: 'about',
    header: m.field_status(),
    sort: 'status',
    cell: (line) => <LoanStatusMark status={line.status} />,
  },
  {
    id: 'principal',
    phone: 'value',
    header: m.field_principal(),
    sort: 'principal',
    cell: (line) => <Money amount={line.principal} currency={line.currency} />,
    end: true,
  },
  {
    id: 'next',
    header: m.field_next_due_on(),
    sort: 'next_due_on',
    cell: (line) => (line.next_due_on ? date(line.next_due_on) : '—'),
    end: true,
    wide: true,
  },
  {
    id: 'overdue',
    header: m.field_overdue(),
    sort: 'overdue',
    cell: (line) => (line.overdue ? <Late line={line} /> : '—'),
    end: true,
    wide: true,
  },
  {
    id: 'requested',
    phone: 'aside',
    header: m.field_requested_on(),
    sort: 'requested_on',
    cell: (line) => date(line.requested_on),
    end: true,
    wide: true,
  },
];

const Late = ({ line }: { line: Line }) => (
  <Status tone="bad">
    <Money amount={line.overdue} currency={line.currency} />
  </Status>
);
