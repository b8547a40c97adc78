import { createFileRoute } from '@tanstack/react-router';
import { LoanEntries } from '~/features/posting/bureau/loan-entries';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/ledger/$loanId')({
  staticData: { title: m.posting_ledger },
  component: LoanEntries,
});
