import type { ReactNode } from 'react';
import { api } from '~/api/client';
import { useFiles } from '~/app/me';
import { m } from '~/paraglide/messages';
import { Back } from '~/ui/back';
import { PageHeader } from '~/ui/card';
import { Answer, Empty } from '~/ui/states';
import { Wizard } from './wizard';

export type AddContact = (customerId: string, onAdded: (contactId: string) => void) => ReactNode;
type LoanRequestProps = {
  /** For whoever has no file yet: it is opened here. */
  openFile: ReactNode;
  addContact: AddContact;
};

/** Asking for a loan: five steps, what it would cost before anything is sent, and nothing typed is lost. */
export function LoanRequest({ openFile, addContact }: LoanRequestProps) {
  const customers = useFiles();
  const products = api.useQuery('get', '/api/v1/loan-products');
  const texts = api.useQuery('get', '/api/v1/consents');
  if (customers.length === 0) {
    return (
      <>
        <PageHeader title={m.request_title()} about={m.request_file_first()} />
        {openFile}
      </>
    );
  }
  return (
    <>
      <Back to="/loans">{m.loan_back_to()}</Back>
      <Answer of={products} rows={6} page>
        {(found) => {
          const offered = found.filter((each) => each.withdrawn_on === null);
          return offered.length === 0 ? (
            <Empty title={m.request_no_product()} page>
              {m.request_no_product_about()}
            </Empty>
          ) : (
            <Answer of={texts} rows={6} page>
              {(said) => (
                <Wizard offer={{ products: offered, texts: said }} customers={customers} addContact={addContact} />
              )}
            </Answer>
          );
        }}
      </Answer>
    </>
  );
}
