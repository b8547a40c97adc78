import { createFileRoute } from '@tanstack/react-router';
import { LoanDocuments } from '~/features/document/portal/loan-documents';
import { MyLoan } from '~/features/loan/portal/my-loan';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/loans/$loanId')({
  staticData: { title: m.nav_loans },
  component: () => (
    <MyLoan documents={(loan) => <LoanDocuments loanId={loan.loan_id} contractId={loan.contract_id} />} />
  ),
});
