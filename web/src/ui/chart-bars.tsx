import type { ChartProps } from './chart';
import s from './chart.module.css';
import { ticks } from './ticks';

/** The drawing itself: the first series wide behind, the second narrow before it, so that what lacks is what is seen. */
export function ChartBars({ series, points, show, short = show }: ChartProps) {
  const scale = ticks(Math.max(0, ...points.flatMap((point) => Object.values(point.values))));
  const top = scale.at(-1) || 1;
  const share = (value: number) => `${(Math.max(0, value) / top) * 100}%`;
  return (
    <div className={s.plot}>
      <ol className={s.scale}>
        {scale.map((each) => (
          <li key={each} style={{ bottom: share(each) }}>
            <span>{short(each)}</span>
          </li>
        ))}
      </ol>
      <ol className={s.bars}>
        {points.map((point) => (
          <li key={point.at} title={told(point, series, show)}>
            {series.map((each, index) => (
              <i key={each.id} data-series={index} style={{ height: share(point.values[each.id] ?? 0) }} />
            ))}
            <small>{point.label}</small>
          </li>
        ))}
      </ol>
    </div>
  );
}

const told = (point: ChartProps['points'][number], series: ChartProps['series'], show: ChartProps['show']) =>
  [point.label, ...series.map((each) => `${each.label} ${show(point.values[each.id] ?? 0)}`)].join('\n');
