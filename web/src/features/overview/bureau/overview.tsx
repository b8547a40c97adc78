import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/app/me';
import { longDate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { PageHeader } from '~/ui/card';
import { Filters } from '~/ui/filters';
import { Answer, Empty } from '~/ui/states';
import { currenciesOf } from '../figures';
import { Ageing } from './ageing';
import { Figures } from './figures';
import { Months } from './months';
import s from './overview.module.css';
import { WaitingLoans } from './waiting-loans';

const route = getRouteApi('/_in/');

/** Where staff arrive: what waits for them, and how the house does; one currency at a time. */
export function Overview({ feed }: { feed: ReactNode }) {
  const { currency: wanted } = route.useSearch();
  const overview = api.useQuery('get', '/api/v1/overview');
  const reads = useMay('loan.read');
  return (
    <Answer of={overview} rows={8} page>
      {(shown) => {
        const currencies = currenciesOf(shown);
        const currency = currencies.find((each) => each === wanted) ?? currencies[0];
        return (
          <>
            <PageHeader title={m.overview()} about={m.overview_day({ day: longDate(shown.day) })}>
              {currencies.length > 1 && (
                <Filters
                  name="currency"
                  value={currency === currencies[0] ? undefined : currency}
                  all={currencies[0] as string}
                  options={currencies.slice(1).map((each) => [each, each])}
                />
              )}
            </PageHeader>
            <Figures overview={shown} currency={currency} />
            {currency ? (
              <div className={s.trio}>
                <Months months={shown.months} currency={currency} today={shown.day} />
                <Ageing overview={shown} currency={currency} />
                {feed}
              </div>
            ) : (
              <Empty title={m.overview_new()}>{m.overview_new_about()}</Empty>
            )}
            {reads && currency && (
              <div className={s.pair}>
                <WaitingLoans status="requested" currency={currency} />
                <WaitingLoans status="ready" currency={currency} />
              </div>
            )}
          </>
        );
      }}
    </Answer>
  );
}
