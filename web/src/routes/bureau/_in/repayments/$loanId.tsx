import { createFileRoute } from '@tanstack/react-router';
import { LoanAccount } from '~/features/servicing/bureau/loan-account';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/repayments/$loanId')({
  staticData: { title: m.servicing_repayments },
  component: LoanAccount,
});
