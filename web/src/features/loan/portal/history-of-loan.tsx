import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Back } from '~/ui/back';
import { PageHeader } from '~/ui/card';

/** The frame of a loan's history: which loan it is of, and the way back to it. */
export function HistoryOfLoan({ loanId, children }: { loanId: string; children: ReactNode }) {
  const { data: loan } = api.useQuery('get', '/api/v1/loans/{loan_id}', { params: { path: { loan_id: loanId } } });
  return (
    <>
      <Back to={`/loans/${loanId}`}>{loan?.purpose ?? m.nav_loans()}</Back>
      <PageHeader title={m.my_history_loan()} about={m.my_history_about()} />
      {children}
    </>
  );
}

/** The way from a loan to its past. */
export const ToHistory = ({ loanId }: { loanId: string }) => (
  <Link to="/loans/$loanId/history" params={{ loanId }} className="link">
    {m.my_history_open()}
  </Link>
);
