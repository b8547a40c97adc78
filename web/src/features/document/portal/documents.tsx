import { IconFolder } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { usePages } from '~/api/pages';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { Filters } from '~/ui/filters';
import { Further, Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import { DocumentRow } from './document-row';
import s from './documents.module.css';

const route = getRouteApi('/_in/documents/');

/** Every document of one's own, the newest first. */
export function Documents() {
  const { purpose } = route.useSearch();
  const documents = usePages('/api/v1/documents', { purpose, limit: 20 });
  return (
    <>
      <PageHeader title={m.nav_documents()} about={m.documents_about()} />
      <Card flush>
        <div className={s.tools} hidden={!purpose && documents.data?.length === 0}>
          <Filters
            name="purpose"
            value={purpose}
            all={m.filter_all()}
            options={[
              ['contract', m.documents_contracts()],
              ['signed-copy', m.documents_copies()],
              ['information', m.documents_information()],
              ['schedule', m.documents_schedules()],
              ['quittance', m.documents_quittances()],
            ]}
          />
        </div>
        <Answer of={documents} rows={6}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={purpose ? m.documents_none_such() : m.documents_empty()} icon={IconFolder}>
                {purpose ? m.documents_none_such_about() : m.documents_empty_about()}
              </Empty>
            ) : (
              <>
                <Lines label={m.nav_documents()}>
                  {items.map((document) => (
                    <DocumentRow key={document.document_id} document={document} />
                  ))}
                </Lines>
                <Further list={documents} />
              </>
            )
          }
        </Answer>
      </Card>
    </>
  );
}
