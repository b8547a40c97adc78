import type { ReactNode } from 'react';
import s from './pieces.module.css';

/** A strip of figures. */
export const Kpis = ({ children }: { children: ReactNode }) => <dl className={s.kpis}>{children}</dl>;

type KpiProps = {
  label: string;
  value: ReactNode;
  delta?: string;
  good?: boolean;
  hint?: ReactNode;
  data?: number[];
  trend?: string;
};

/** One figure of the strip. `trend` says in words what `data` draws. */
export const Kpi = ({ label, value, delta, good, hint, data, trend }: KpiProps) => (
  <div className={s.kpi}>
    <dt>{label}</dt>
    <dd>
      <strong className="num">{value}</strong>
      {data && <Spark data={data} label={trend ?? label} />}
    </dd>
    {(delta || hint) && (
      <dd className={s.kpiFoot}>
        {delta && <b data-good={good}>{delta}</b>}
        {hint && <span>{hint}</span>}
      </dd>
    )}
  </div>
);

/** A line without axes; `label` says its conclusion. */
export function Spark({ data, label }: { data: number[]; label: string }) {
  const [width, height] = [72, 24];
  const most = Math.max(...data);
  const least = Math.min(...data);
  const scale = (height - 4) / (most - least || 1);
  const points = data.map(
    (value, at) =>
      [(at * (width - 4)) / Math.max(1, data.length - 1) + 2, height - 2 - (value - least) * scale] as const,
  );
  const last = points.at(-1);
  return (
    <svg
      className={s.spark}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <polyline
        points={points.map((point) => point.join(',')).join(' ')}
        fill="none"
        stroke="var(--c2)"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
      {last && <circle cx={last[0]} cy={last[1]} r="2.2" fill="var(--accent)" />}
    </svg>
  );
}

/** A share between 0 and 1 as a bar. */
export const Bar = ({ value, label }: { value: number; label: string }) => (
  <progress className={s.bar} max={1} value={Math.min(1, Math.max(0, value))} aria-label={label} />
);
