import { Link } from '@tanstack/react-router';
import { m } from '~/paraglide/messages';
import s from './posting.module.css';

/** The two ways to look at the ledger. */
export const LedgerTabs = () => (
  <nav className={s.tabs} aria-label={m.posting_ledger()}>
    <Link to="/ledger" activeOptions={{ exact: true, includeSearch: false }}>
      {m.posting_journal()}
    </Link>
    <Link to="/ledger/trial-balance">{m.posting_trial_balance()}</Link>
  </nav>
);
