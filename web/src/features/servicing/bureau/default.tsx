import { lazy, Suspense } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';

type Loan = components['schemas']['LoanEntry'];

// Few loans are late: it comes with those that are.
const Panel = lazy(() => import('./default-panel').then((it) => ({ default: it.DefaultPanel })));

/** What follows when a loan is not paid; nothing while it is. */
export function Default({ loan }: { loan: Loan }) {
  const { data: account } = api.useQuery(
    'get',
    '/api/v1/loans/{loan_id}/account',
    { params: { path: { loan_id: loan.loan_id } } },
    { enabled: loan.status === 'disbursed' },
  );
  if (account?.status !== 'open' || !(account.days_past_due > 0 || account.accelerated_on)) return null;
  return (
    <Suspense fallback={null}>
      <Panel loan={loan} />
    </Suspense>
  );
}
