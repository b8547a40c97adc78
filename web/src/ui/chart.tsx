import { useState } from 'react';
import { m } from '~/paraglide/messages';
import s from './chart.module.css';
import { ChartBars } from './chart-bars';
import { Listing } from './listing';

export type Series = { id: string; label: string };
export type Point = { at: string; label: string; values: Record<string, number> };

export type ChartProps = {
  label: string;
  /** What the figures come to, in a sentence: shown above, and all that some readers need. */
  conclusion: string;
  axis: string;
  series: Series[];
  points: Point[];
  show: (value: number) => string;
  /** For the axis, where there is little room. */
  short?: (value: number) => string;
};

/** Bars side by side, and the same figures as a table: each reader takes what they like. */
export function Chart(props: ChartProps) {
  const { label, conclusion, axis, series, points, show } = props;
  const [table, setTable] = useState(false);
  const columns = [
    { id: 'at', header: axis, cell: (point: Point) => point.label },
    ...series.map((each) => ({
      id: each.id,
      header: each.label,
      end: true,
      cell: (point: Point) => show(point.values[each.id] ?? 0),
    })),
  ];
  return (
    <div className={s.chart}>
      <div className={s.head}>
        <p>{conclusion}</p>
        <ul className={s.legend}>
          {series.map((each, index) => (
            <li key={each.id}>
              <i data-series={index} aria-hidden="true" />
              {each.label}
            </li>
          ))}
        </ul>
        <button type="button" onClick={() => setTable(!table)}>
          {table ? m.chart_as_chart() : m.chart_as_table()}
        </button>
      </div>
      {table ? (
        <Listing label={label} rows={points} columns={columns} rowKey={(point) => point.at} />
      ) : (
        <div className={s.draw} role="img" aria-label={`${label}. ${conclusion}`}>
          <ChartBars {...props} />
        </div>
      )}
    </div>
  );
}
