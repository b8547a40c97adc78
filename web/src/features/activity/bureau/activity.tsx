import { Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { date, moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { anyEventTitle } from '~/ui/house-events';
import { Money } from '~/ui/money';
import { Empty } from '~/ui/states';

type Entry = components['schemas']['ActivityEntry'];

/** Everything that happened, the latest first. */
export const Activity = () => (
  <>
    <PageHeader title={m.activity()} about={m.activity_about()} />
    <Card flush>
      <DataTable<Entry>
        label={m.activity()}
        path="/api/v1/activity"
        params={{}}
        columns={columns()}
        rowKey={(entry) => `${entry.position}-${entry.id}`}
        empty={<Empty title={m.activity_empty()}>{m.activity_empty_about()}</Empty>}
      />
    </Card>
  </>
);

const columns = (): Column<Entry>[] => [
  { id: 'at', phone: 'aside', header: m.activity_at(), cell: (entry) => moment(entry.at), wide: true },
  { id: 'event', phone: 'name', header: m.activity_event(), cell: (entry) => anyEventTitle(entry.event) },
  {
    id: 'about',
    phone: 'about',
    header: m.field_reference(),
    cell: (entry) =>
      entry.loan_id ? (
        <Link to="/loans/$loanId" params={{ loanId: entry.loan_id }}>
          {entry.reference}
        </Link>
      ) : (
        (entry.reference ?? '—')
      ),
  },
  { id: 'customer', header: m.overview_customer(), cell: (entry) => entry.customer ?? '—', wide: true },
  { id: 'by', header: m.activity_by(), cell: (entry) => who(entry.by), wide: true },
  { id: 'on', header: m.activity_on(), cell: (entry) => date(entry.on), wide: true },
  {
    id: 'amount',
    phone: 'value',
    header: m.activity_amount(),
    cell: (entry) => (entry.currency ? <Money amount={entry.amount} currency={entry.currency} /> : ''),
    end: true,
  },
];

function who(by: Entry['by']): string {
  if (by.you) return m.activity_you();
  if (by.kind === 'client') return by.label ?? m.activity_client();
  if (by.kind === 'link') return m.activity_link();
  return by.kind === 'machine' ? m.activity_machine() : (by.label ?? m.activity_staff());
}
