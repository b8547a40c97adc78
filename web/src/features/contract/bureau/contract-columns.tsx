import { Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import type { Column } from '~/ui/data-table';
import { Money } from '~/ui/money';
import { ContractMark } from '../words';

type Line = components['schemas']['ContractEntry'];

/** A contract on one line. */
export const contractColumns = (): Column<Line>[] => [
  {
    id: 'reference',
    header: m.field_reference(),
    sort: 'reference',
    cell: (line) => (
      <Link to="/contracts/$contractId" params={{ contractId: line.contract_id }}>
        {line.reference}
      </Link>
    ),
  },
  {
    id: 'customer',
    phone: 'name',
    header: m.field_customer(),
    sort: 'customer',
    cell: (line) => line.customer_name ?? '—',
  },
  {
    id: 'status',
    phone: 'about',
    header: m.field_status(),
    sort: 'status',
    cell: (line) => <ContractMark status={line.status} />,
  },
  { id: 'loan', header: m.section_loan(), cell: (line) => line.loan_reference ?? '—', wide: true },
  {
    id: 'principal',
    phone: 'value',
    header: m.field_principal(),
    sort: 'principal',
    cell: (line) => <Money amount={line.principal} currency={line.currency} />,
    end: true,
  },
  {
    id: 'returned',
    header: m.field_copy_received_on(),
    cell: (line) => (line.copy_received_on ? date(line.copy_received_on) : '—'),
    end: true,
    wide: true,
  },
  {
    id: 'drafted',
    phone: 'aside',
    header: m.field_drafted_on(),
    sort: 'drafted_on',
    cell: (line) => date(line.drafted_on),
    end: true,
    wide: true,
  },
];
