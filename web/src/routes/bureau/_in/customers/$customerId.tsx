import { createFileRoute } from '@tanstack/react-router';
import { Contacts } from '~/features/contact/bureau/contacts';
import { ContractsOf } from '~/features/contract/bureau/contracts-of';
import { CustomerFile } from '~/features/customer/bureau/customer-file';
import { customerFileSearch } from '~/features/customer/search';
import { History } from '~/features/history/bureau/history';
import { LoansOf } from '~/features/loan/bureau/loans-of';
import { Payees } from '~/features/payee/bureau/payees';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/customers/$customerId')({
  validateSearch: customerFileSearch,
  staticData: { title: m.customers },
  component: () => (
    <CustomerFile
      contacts={(id) => <Contacts customerId={id} />}
      payees={(id) => <Payees customerId={id} />}
      loans={(id) => <LoansOf customerId={id} />}
      contracts={(id) => <ContractsOf customerId={id} />}
      history={(id) => <CustomerHistory id={id} />}
    />
  ),
});

function CustomerHistory({ id }: { id: string }) {
  const { v, vs } = Route.useSearch();
  const navigate = Route.useNavigate();
  const move = (moment: { v?: number; vs?: 'now' }) =>
    void navigate({ search: { tab: 'history', ...moment }, replace: true, resetScroll: false });
  return <History file={{ of: 'customers', id }} at={{ v, vs }} onMoment={move} />;
}
