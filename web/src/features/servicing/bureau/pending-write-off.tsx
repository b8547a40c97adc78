import { lazy, Suspense } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';

type Loan = components['schemas']['LoanEntry'];

// Few loans wait for this: it comes with those that do.
const Decision = lazy(() => import('./write-off-decision').then((it) => ({ default: it.WriteOffDecision })));

/** A loss that somebody proposed and another decides; nothing while there is none. */
export function PendingWriteOff({ loan }: { loan: Loan }) {
  const { data: account } = api.useQuery(
    'get',
    '/api/v1/loans/{loan_id}/account',
    { params: { path: { loan_id: loan.loan_id } } },
    { enabled: ['disbursed', 'returning'].includes(loan.status) },
  );
  if (!account?.write_off_proposed_by || account.status !== 'open') return null;
  return (
    <Suspense fallback={null}>
      <Decision loan={loan} account={account} />
    </Suspense>
  );
}
