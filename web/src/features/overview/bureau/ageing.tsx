import { IconCircleCheck } from '@tabler/icons-react';
import type { components } from '~/api/schema';
import { integer, money, percent } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Money } from '~/ui/money';
import { Empty } from '~/ui/states';
import { ageing, type BUCKETS } from '../figures';
import s from './overview.module.css';

const WORDS: Record<(typeof BUCKETS)[number], () => string> = {
  '1-30': m.overview_age_30,
  '31-60': m.overview_age_60,
  '61-90': m.overview_age_90,
  'over-90': m.overview_age_over,
};

/** What is late, by how long it has been. */
export function Ageing({ overview, currency }: { overview: components['schemas']['Overview']; currency: string }) {
  const { total, rows } = ageing(overview, currency);
  return (
    <Card title={m.overview_ageing()} aside={<span className="mute num">{total > 0 && money(total, currency)}</span>}>
      {total === 0 ? (
        <Empty title={m.overview_late_none()} icon={IconCircleCheck}>
          {m.overview_late_none_about()}
        </Empty>
      ) : (
        <>
          <div className={s.stack} aria-hidden="true">
            {rows.map(
              (row) => row.amount > 0 && <i key={row.bucket} data-age={row.bucket} style={{ flexGrow: row.share }} />,
            )}
          </div>
          <table className={s.ages}>
            <caption className="sr">{m.overview_ageing()}</caption>
            <thead className="sr">
              <tr>
                <th scope="col">{m.overview_age()}</th>
                <th scope="col">{m.overview_age_amount()}</th>
                <th scope="col">{m.overview_age_share()}</th>
              </tr>
            </thead>
            <tbody className="num">
              {rows.map((row) => (
                <tr key={row.bucket}>
                  <th scope="row" title={m.overview_instalments({ count: integer(row.instalments) })}>
                    <i className={s.key} data-age={row.bucket} />
                    {WORDS[row.bucket]()}
                  </th>
                  <td>
                    <Money amount={row.amount} currency={currency} />
                  </td>
                  <td>{percent(row.share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Card>
  );
}
