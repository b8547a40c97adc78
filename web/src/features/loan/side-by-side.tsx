import type { components } from '~/api/schema';
import { integer, money, percent } from '~/lib/format';
import { m } from '~/paraglide/messages';
import table from '~/ui/table.module.css';
import s from './side-by-side.module.css';

type Figures = components['schemas']['FiguresLine'];
type SideBySideProps = {
  /** Absent where the product no longer lends what was asked for. */
  requested: Figures | null;
  offered: Figures;
  currency: string;
};

/** What was asked for and what is offered, figure by figure; what differs stands out. */
export function SideBySide({ requested, offered, currency }: SideBySideProps) {
  const amount = (value: number) => money(value, currency);
  const rows: [string, (of: Figures) => string][] = [
    [m.counter_offer_amount(), (of) => amount(of.principal)],
    [m.counter_offer_instalments(), (of) => integer(of.months)],
    [
      isLevel(offered) ? m.counter_offer_instalment() : m.counter_offer_first_instalment(),
      (of) => amount(of.instalment),
    ],
    [m.counter_offer_apr(), (of) => percent(of.apr / 10_000, 2)],
    [m.counter_offer_cost(), (of) => amount(of.cost)],
    [m.counter_offer_total(), (of) => amount(of.total)],
  ];
  return (
    <table className={`${table.table} ${s.sides}`} aria-label={m.counter_offer_compared()}>
      <thead>
        <tr>
          <td />
          {requested && (
            <th scope="col" data-end>
              {m.counter_offer_asked()}
            </th>
          )}
          <th scope="col" data-end>
            {m.counter_offer_offered()}
          </th>
        </tr>
      </thead>
      <tbody className="num">
        {rows.map(([label, said]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {requested && <td data-end>{said(requested)}</td>}
            <td data-end className={requested && said(requested) !== said(offered) ? s.other : undefined}>
              {said(offered)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The last instalment takes the rounding: a few cents more or less are no other instalment. */
const isLevel = ({ instalment, last_instalment, months }: Figures) =>
  Math.abs(instalment - last_instalment) <= Math.max(months, 1);
