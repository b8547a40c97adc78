import { IconCoins } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { LoanBook } from '~/features/loan/bureau/loan-book';
import { loanSearch } from '~/features/loan/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/loans/')({
  validateSearch: loanSearch,
  staticData: {
    title: m.loan_book,
    nav: { label: m.loan_book, icon: IconCoins, group: 'lending', order: 20, permission: 'loan.read' },
  },
  component: LoanBook,
});
