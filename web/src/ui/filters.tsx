import { Link } from '@tanstack/react-router';
import { m } from '~/paraglide/messages';
import s from './table.module.css';

type FiltersProps = {
  /** Of the address: what it says there. */
  name: string;
  value: string | undefined;
  all: string;
  options: readonly (readonly [value: string, label: string])[];
};

/** One filter as links: each state of a list has an address. */
export const Filters = ({ name, value, all, options }: FiltersProps) => (
  <div className={s.filters} role="group" aria-label={m.filters()}>
    {[[undefined, all] as const, ...options].map(([each, label]) => (
      <Link
        key={label}
        to={'.' as never}
        search={((before: object) => ({ ...before, [name]: each })) as never}
        activeOptions={{ exact: true }}
        activeProps={{ 'aria-current': undefined }}
        aria-current={each === value ? 'true' : undefined}
        replace
      >
        {label}
      </Link>
    ))}
  </div>
);
