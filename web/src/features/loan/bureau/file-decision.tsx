import { lazy, Suspense, useState } from 'react';
import type { components } from '~/api/schema';

type Loan = components['schemas']['LoanEntry'];

// A loan is looked at for years and decided once: what decides comes with those that wait for it, whole, so that a
// button that is there opens its dialog at once.
const Decision = lazy(() => import('./decision').then((it) => ({ default: it.Decision })));

/** The commands of a request, on its file; once shown they stay, so that a decision elsewhere closes no open dialog. */
export function FileDecision({ loan, disabled }: { loan: Loan; disabled: boolean }) {
  const waits = ['requested', 'counter-offered'].includes(loan.status);
  const [shown, setShown] = useState(waits);
  if (waits && !shown) setShown(true);
  if (!shown) return null;
  return (
    <Suspense fallback={null}>
      <Decision loan={loan} disabled={disabled} />
    </Suspense>
  );
}
