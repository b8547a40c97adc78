import { Link } from '@tanstack/react-router';
import { m } from '~/paraglide/messages';
import s from './tabs.module.css';

type Tab = readonly [name: string | undefined, label: string, count?: string];
type TabsProps = { tabs: readonly Tab[]; value: string | undefined };

/** Parts of a file, each with an address. The first has none of its own; leaving one leaves its past as well. */
export const Tabs = ({ tabs, value }: TabsProps) => (
  <nav className={s.tabs} aria-label={m.tabs()}>
    {tabs.map(([name, label, count]) => (
      <Link
        key={label}
        to={'.' as never}
        search={{ tab: name } as never}
        activeOptions={{ exact: true }}
        activeProps={{ 'aria-current': undefined }}
        aria-current={name === value ? 'page' : undefined}
        resetScroll={false}
        replace
      >
        {label}
        {count && <span className="num">{count}</span>}
      </Link>
    ))}
  </nav>
);
