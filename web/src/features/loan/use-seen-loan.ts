import { useRef, useState } from 'react';
import { client } from '~/api/client';
import type { components } from '~/api/schema';
import { describeLoan } from './describe';

type Loan = components['schemas']['LoanEntry'];

/** The loan that a decision is about: as it was when the form was opened, and after a conflict as it is now. */
export function useSeenLoan(loan: Loan) {
  const [seen, setSeen] = useState(loan);
  const fresh = useRef<Loan | undefined>(undefined);
  const path = { loan_id: loan.loan_id };
  const reread = async () => {
    const { data } = await client.GET('/api/v1/loans/{loan_id}', { params: { path } });
    fresh.current = data;
    return data;
  };
  return {
    /** What a decision says of the loan. */
    about: { path, seen, reread, describe: describeLoan(loan.currency) },
    /** What was shown as changed is known from now on. */
    know: () => {
      if (fresh.current) setSeen(fresh.current);
    },
  };
}
