import { Link } from '@tanstack/react-router';
import s from './tabs.module.css';

type PageTabsProps = { label: string; tabs: readonly { to: string; label: string }[] };

/** The parts of one subject, each a page of its own. Parts of one page are Tabs. */
export const PageTabs = ({ label, tabs }: PageTabsProps) => (
  <nav className={s.tabs} aria-label={label}>
    {tabs.map((each) => (
      <Link
        key={each.to}
        to={each.to as '/'}
        activeOptions={{ exact: true, includeSearch: false }}
        activeProps={{ 'aria-current': 'page' }}
      >
        {each.label}
      </Link>
    ))}
  </nav>
);
