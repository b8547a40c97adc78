import { createFileRoute } from '@tanstack/react-router';
import { TrialBalance } from '~/features/posting/bureau/trial-balance';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/ledger/trial-balance')({
  staticData: { title: m.posting_trial_balance },
  component: TrialBalance,
});
