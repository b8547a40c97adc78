import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { DocumentList } from '~/ui/document-list';
import { Answer, Empty } from '~/ui/states';

type Loan = components['schemas']['LoanEntry'];

/** The information before the contract, the contract with the copies that came back, its schedules, its quittance. */
export function LoanDocuments({ loan }: { loan: Loan }) {
  const quittance = useAbout(loan.loan_id, true);
  const contract = useAbout(loan.contract_id, loan.contract_id !== null);
  return (
    <Answer of={quittance} rows={4}>
      {({ items }) => {
        const all = [...items, ...(contract.data?.items ?? [])];
        return (
          <Card title={m.loan_documents()} flush>
            {all.length === 0 ? (
              <Empty title={m.documents_none()}>{m.documents_none_about()}</Empty>
            ) : (
              <DocumentList label={m.loan_documents()} documents={all} />
            )}
          </Card>
        );
      }}
    </Answer>
  );
}

const useAbout = (id: string | null, enabled: boolean) =>
  api.useQuery('get', '/api/v1/documents', { params: { query: { about: id ?? undefined, limit: 100 } } }, { enabled });
