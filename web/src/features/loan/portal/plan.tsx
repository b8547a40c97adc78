import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { api } from '~/api/client';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Money } from '~/ui/money';
import { Answer, Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import table from '~/ui/table.module.css';
import s from './plan.module.css';
import { type Instalment, nextOf, stateOf } from './progress';

/** All instalments, and which one comes next. */
export function Plan({ loanId }: { loanId: string }) {
  const plan = api.useQuery('get', '/api/v1/loans/{loan_id}/schedule', { params: { path: { loan_id: loanId } } });
  return (
    <Card title={m.plan()} flush>
      <Answer of={plan} rows={8}>
        {(instalments) =>
          instalments.length === 0 ? (
            <Empty title={m.plan_empty()}>{m.plan_empty_about()}</Empty>
          ) : (
            <PlanTable instalments={instalments} />
          )
        }
      </Answer>
    </Card>
  );
}

/** What a phone shows at first, around the next one; at a desk the table scrolls. */
const BEFORE = 2;
const AFTER = 4;

function PlanTable({ instalments }: { instalments: Instalment[] }) {
  const next = nextOf(instalments);
  const here = next ? instalments.indexOf(next) : instalments.length - 1;
  const isFar = (at: number) => at < here - BEFORE || at > here + AFTER;
  const [whole, setWhole] = useState(!instalments.some((_, at) => isFar(at)));
  const charged = instalments.some((each) => each.fee || each.insurance);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const row = box.current?.querySelector<HTMLElement>('[aria-current]');
    // The head of the table stays; above the next one there is room for what was paid last.
    if (box.current && row && row.offsetTop > box.current.clientHeight / 2)
      box.current.scrollTop = row.offsetTop - 3 * row.offsetHeight;
  }, []);
  return (
    <>
      <section ref={box} className={s.scroll} data-whole={whole || undefined} tabIndex={0} aria-label={m.plan()}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{m.plan_number()}</th>
              <th scope="col">{m.plan_due()}</th>
              <th scope="col" data-end>
                {m.plan_total()}
              </th>
              <th scope="col" data-end data-wide>
                {m.plan_principal()}
              </th>
              <th scope="col" data-end data-wide>
                {m.plan_interest()}
              </th>
              {charged && (
                <th scope="col" data-end data-wide>
                  {m.plan_charges()}
                </th>
              )}
              <th scope="col">{m.plan_state()}</th>
            </tr>
          </thead>
          <tbody className="num">
            {instalments.map((each, at) => (
              <tr
                key={each.number}
                className={each === next ? s.next : undefined}
                aria-current={each === next || undefined}
                data-far={isFar(at) || undefined}
              >
                <td>{each.number}</td>
                <td>{date(each.due_on)}</td>
                <td data-end>
                  <Money amount={each.amount} currency={each.currency} />
                </td>
                <td data-end data-wide>
                  <Money amount={each.principal} currency={each.currency} />
                </td>
                <td data-end data-wide>
                  <Money amount={each.interest} currency={each.currency} />
                </td>
                {charged && (
                  <td data-end data-wide>
                    <Money amount={each.fee + each.insurance} currency={each.currency} />
                  </td>
                )}
                <td>
                  <State instalment={each} next={each === next} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {!whole && (
        <div className={s.all}>
          <Button variant="default" fullWidth onClick={() => setWhole(true)}>
            {m.plan_all({ count: String(instalments.length) })}
          </Button>
        </div>
      )}
    </>
  );
}

function State({ instalment, next }: { instalment: Instalment; next: boolean }) {
  switch (stateOf(instalment, next)) {
    case 'paid':
      return <Status tone="solid">{m.plan_paid()}</Status>;
    case 'nothing':
      return <Status tone="dash">{m.plan_nothing()}</Status>;
    case 'late':
      return <Status tone="bad">{m.plan_late()}</Status>;
    case 'due':
      return <Status tone="accent">{m.plan_due_now()}</Status>;
    case 'next':
      return <Status tone="accent">{m.plan_next()}</Status>;
    default:
      return <Status tone="ring">{m.plan_upcoming()}</Status>;
  }
}
