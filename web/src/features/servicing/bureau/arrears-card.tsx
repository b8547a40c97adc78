import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { integer, money, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Kpi, Kpis } from '~/ui/kpi';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Answer, Empty } from '~/ui/states';

type Bucket = components['schemas']['ArrearsBucket'];

const BUCKETS: Record<Bucket['bucket'], () => string> = {
  current: m.arrears_current,
  '1-30': m.arrears_to_30,
  '31-60': m.arrears_to_60,
  '61-90': m.arrears_to_90,
  '90+': m.arrears_above_90,
};

/** The loans by how long they are past due, and what of the portfolio is at risk. */
export function ArrearsCard() {
  const arrears = api.useQuery('get', '/api/v1/arrears');
  return (
    <Answer of={arrears}>
      {({ buckets, at_risk }) => (
        <div className="stack">
          <Kpis>
            {at_risk.map((each) => (
              <Kpi
                key={`${each.currency} ${each.days}`}
                label={m.arrears_at_risk({ days: integer(each.days), currency: each.currency })}
                value={rate(each.share)}
                hint={money(each.outstanding, each.currency)}
              />
            ))}
          </Kpis>
          <Card title={m.arrears()} flush>
            <Listing
              label={m.arrears()}
              rows={buckets}
              columns={columns()}
              rowKey={(row) => `${row.currency} ${row.bucket}`}
              empty={<Empty title={m.arrears_none()}>{m.arrears_none_about()}</Empty>}
            />
          </Card>
        </div>
      )}
    </Answer>
  );
}

const columns = (): Column<Bucket>[] => [
  { id: 'bucket', header: m.arrears_bucket(), cell: (row) => BUCKETS[row.bucket]() },
  { id: 'loans', header: m.arrears_loans(), cell: (row) => integer(row.loans), end: true },
  {
    id: 'past',
    header: m.servicing_late(),
    cell: (row) => <Money amount={row.past_due} currency={row.currency} />,
    end: true,
  },
  {
    id: 'outstanding',
    header: m.servicing_owed(),
    cell: (row) => <Money amount={row.outstanding} currency={row.currency} />,
    end: true,
    wide: true,
  },
];
