import type { components } from '~/api/schema';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { Empty } from '~/ui/states';
import { Status } from '~/ui/status';

type Line = components['schemas']['BusinessDayLine'];

/** The passing of time as the books know it, the newest day first. */
export const BusinessDays = () => (
  <>
    <PageHeader title={m.business_days()} about={m.business_days_about()} />
    <Card flush>
      <DataTable<Line>
        label={m.business_days()}
        path="/api/v1/business-day/history"
        params={{}}
        columns={columns()}
        rowKey={(line) => line.day}
        empty={<Empty title={m.business_days_empty()}>{m.business_days_empty_about()}</Empty>}
      />
    </Card>
  </>
);

const columns = (): Column<Line>[] => [
  { id: 'day', header: m.business_day(), cell: (line) => date(line.day) },
  { id: 'since', header: m.business_day_since(), cell: (line) => date(line.since) },
  {
    id: 'status',
    header: m.field_status(),
    cell: (line) =>
      line.status === 'open' ? (
        <Status tone="accent">{m.business_day_open()}</Status>
      ) : (
        <Status tone="solid">{m.business_day_closed()}</Status>
      ),
  },
];
