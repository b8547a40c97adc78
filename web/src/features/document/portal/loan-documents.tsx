import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Lines } from '~/ui/lines';
import { Answer } from '~/ui/states';
import { DocumentRow } from './document-row';
import s from './documents.module.css';

type LoanDocumentsProps = { loanId: string; contractId: string | null };

/** The papers of one contract; nothing before there is one. */
export function ContractDocuments({ contractId }: { contractId: string }) {
  const { data } = api.useQuery('get', '/api/v1/documents', { params: { query: { about: contractId } } });
  return (
    data &&
    data.items.length > 0 && (
      <Card title={m.my_loan_documents()} flush>
        <Lines label={m.my_loan_documents()}>
          {data.items.map((document) => (
            <DocumentRow key={document.document_id} document={document} />
          ))}
        </Lines>
      </Card>
    )
  );
}

/** The papers of one loan: its quittance, its schedules, the copy that came back, the contract, what came before it. */
export function LoanDocuments({ loanId, contractId }: LoanDocumentsProps) {
  const about = (id: string) => ({ params: { query: { about: id } } });
  const ofLoan = api.useQuery('get', '/api/v1/documents', about(loanId));
  const ofContract = api.useQuery('get', '/api/v1/documents', about(contractId ?? ''), {
    enabled: contractId !== null,
  });
  return (
    <Card title={m.my_loan_documents()} flush>
      <Answer of={ofLoan}>
        {({ items }) => {
          const all = [...items, ...(ofContract.data?.items ?? [])];
          return all.length === 0 ? (
            <p className={s.none}>{m.loan_documents_empty()}</p>
          ) : (
            <Lines label={m.my_loan_documents()}>
              {all.map((document) => (
                <DocumentRow key={document.document_id} document={document} />
              ))}
            </Lines>
          );
        }}
      </Answer>
    </Card>
  );
}
