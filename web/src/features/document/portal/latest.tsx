import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import { DocumentRow } from './document-row';

/** The last documents, for the page where a client arrives. */
export default function LatestDocuments() {
  const documents = api.useQuery('get', '/api/v1/documents', { params: { query: { limit: 4 } } });
  return (
    <Card
      title={m.documents_latest()}
      aside={
        <Link to="/documents" className="link">
          {m.documents_all()}
        </Link>
      }
      flush
    >
      <Answer of={documents}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={m.documents_empty()}>{m.documents_empty_about()}</Empty>
          ) : (
            <Lines label={m.documents_latest()}>
              {items.map((document) => (
                <DocumentRow key={document.document_id} document={document} />
              ))}
            </Lines>
          )
        }
      </Answer>
    </Card>
  );
}
