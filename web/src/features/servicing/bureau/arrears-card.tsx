import { Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import type { CURRENCIES } from '~/lib/currencies';
import { integer, money, percent, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Empty } from '~/ui/states';
import { bucketWord } from '../late-search';
import s from './servicing.module.css';

type Arrears = components['schemas']['Arrears'];
type Bucket = components['schemas']['ArrearsBucket'];

/** The loans by how long they are past due, and what of the portfolio is at risk: of each currency by itself. */
export function ArrearsCard({ of: { buckets, at_risk } }: { of: Arrears }) {
  const currencies = [...new Set(buckets.map((each) => each.currency))];
  if (currencies.length === 0)
    return (
      <Card flush>
        <Empty title={m.arrears_none()}>{m.arrears_none_about()}</Empty>
      </Card>
    );
  return currencies.map((currency) => (
    <Card key={currency} title={m.arrears_by_age({ currency })} flush>
      <div className={s.arrears}>
        <Listing
          label={m.arrears_by_age({ currency })}
          rows={buckets.filter((each) => each.currency === currency)}
          columns={bucketColumns(buckets.filter((each) => each.currency === currency))}
          rowKey={(row) => row.bucket}
        />
        <Listing
          label={m.arrears_portfolio({ currency })}
          rows={at_risk.filter((each) => each.currency === currency)}
          columns={riskColumns()}
          rowKey={(row) => String(row.days)}
        />
      </div>
    </Card>
  ));
}

const bucketColumns = (all: Bucket[]): Column<Bucket>[] => {
  const everything = all.reduce((sum, each) => sum + each.outstanding, 0);
  return [
    {
      id: 'bucket',
      header: m.arrears_bucket(),
      cell: (row) =>
        row.bucket === 'current' ? (
          bucketWord(row.bucket)
        ) : (
          <Link
            to="/arrears"
            search={{ bucket: row.bucket, currency: row.currency as (typeof CURRENCIES)[number] }}
            className="link"
          >
            {bucketWord(row.bucket)}
          </Link>
        ),
    },
    { id: 'loans', header: m.arrears_loans(), cell: (row) => integer(row.loans), end: true, wide: true },
    {
      id: 'past',
      header: m.servicing_late(),
      cell: (row) => (row.past_due ? <Money amount={row.past_due} currency={row.currency} /> : '—'),
      end: true,
    },
    {
      id: 'outstanding',
      header: m.servicing_owed(),
      cell: (row) => <Money amount={row.outstanding} currency={row.currency} />,
      end: true,
      wide: true,
    },
    {
      id: 'share',
      header: m.arrears_share(),
      cell: (row) => percent(everything ? row.outstanding / everything : 0, 2),
      end: true,
      wide: true,
    },
  ];
};

const riskColumns = (): Column<Arrears['at_risk'][number]>[] => [
  {
    id: 'days',
    header: m.arrears_at_risk(),
    cell: (row) => (row.days === 1 ? m.arrears_risk_all() : m.arrears_risk_days({ days: integer(row.days) })),
  },
  { id: 'loans', header: m.arrears_loans(), cell: (row) => integer(row.loans), end: true },
  {
    id: 'outstanding',
    header: m.servicing_owed(),
    cell: (row) => money(row.outstanding, row.currency),
    end: true,
    wide: true,
  },
  { id: 'share', header: m.arrears_risk_share(), cell: (row) => rate(row.share), end: true },
];
