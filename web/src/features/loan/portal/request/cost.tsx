import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { api } from '~/api/client';
import { date, money, percent, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Answer } from '~/ui/states';
import table from '~/ui/table.module.css';
import { monthsOf, type Product, principalOf, type Wish } from './wish';
import s from './wizard.module.css';

const PAUSE = 300;

/** What a wish would cost, instalment by instalment: the arithmetic of the contract, asked for once the typing pauses. */
export function Cost({ wish, product }: { wish: Wish; product: Product }) {
  const asked = { principal: principalOf(wish, product), months: monthsOf(wish) };
  const [{ principal, months }] = useDebouncedValue(asked, PAUSE);
  const inside =
    principal !== null &&
    months !== null &&
    principal >= product.min_principal &&
    principal <= product.max_principal &&
    months >= product.min_months &&
    months <= product.max_months;
  const cost = api.useQuery(
    'get',
    '/api/v1/loan-products/{product_id}/simulation',
    {
      params: {
        path: { product_id: product.product_id },
        query: { principal: principal ?? 0, months: months ?? 0 },
      },
    },
    { enabled: inside, placeholderData: keepPreviousData },
  );
  if (!inside && !cost.data) return <p className={s.hint}>{m.request_cost_later()}</p>;
  return (
    <Answer of={cost} rows={5}>
      {(found) => (
        <section
          className={s.cost}
          aria-label={m.request_cost()}
          data-old={!inside || cost.isPlaceholderData || undefined}
        >
          <dl className="num" aria-live="polite">
            <div>
              <dt>{m.request_instalment()}</dt>
              <dd>{money(found.instalment, found.currency)}</dd>
            </div>
            <div>
              <dt>{m.request_interest()}</dt>
              <dd>{money(found.interest, found.currency)}</dd>
            </div>
            <div>
              <dt>{m.request_total()}</dt>
              <dd>{money(found.total, found.currency)}</dd>
            </div>
            <div>
              <dt>{m.request_apr()}</dt>
              <dd>{percent(found.apr / 10_000, 2)}</dd>
            </div>
          </dl>
          <p className="mute">
            {found.ceiling.ceiling &&
              `${m.my_ceiling({ rate: rate(found.ceiling.ceiling.rate), source: found.ceiling.ceiling.source })} `}
            {found.is_indicative ? m.request_indicative({ rate: rate(found.rate) }) : rate(found.rate)}
          </p>
          <section className={s.plan} tabIndex={0} aria-label={m.plan()}>
            <table className={table.table}>
              <thead>
                <tr>
                  <th scope="col">{m.plan_due()}</th>
                  <th scope="col" data-end>
                    {m.plan_total()}
                  </th>
                  <th scope="col" data-end data-wide>
                    {m.plan_interest()}
                  </th>
                  <th scope="col" data-end>
                    {m.plan_left()}
                  </th>
                </tr>
              </thead>
              <tbody className="num">
                {found.schedule.map((each) => (
                  <tr key={each.number}>
                    <td>{date(each.due_on)}</td>
                    <td data-end>{money(each.total, found.currency)}</td>
                    <td data-end data-wide>
                      {money(each.interest, found.currency)}
                    </td>
                    <td data-end>{money(each.remaining, found.currency)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </section>
      )}
    </Answer>
  );
}
