import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { api } from '~/api/client';
import { bytes, date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Back } from '~/ui/back';
import { Card, Facts, PageHeader } from '~/ui/card';
import { save } from '~/ui/export-button';
import { PdfView } from '~/ui/pdf-view';
import { Picture } from '~/ui/picture';
import { Answer } from '~/ui/states';
import s from './documents.module.css';
import { fileNameOf, titleOf } from './names';

const route = getRouteApi('/_in/documents/$documentId');

/** One document, to read and to take away. */
export function MyDocument() {
  const { documentId } = route.useParams();
  const document = api.useQuery('get', '/api/v1/documents/{document_id}', {
    params: { path: { document_id: documentId } },
  });
  const content = `/api/v1/documents/${documentId}/content`;
  return (
    <>
      <Back to="/documents">{m.documents_all()}</Back>
      <Answer of={document} rows={8} page>
        {(line) => (
          <div className="stack">
            <PageHeader title={titleOf(line)} about={m.document_kept_on({ day: date(line.kept_on) })}>
              {line.media_type !== 'application/pdf' && (
                <Button
                  variant="default"
                  leftSection={<IconDownload size={16} stroke={1.6} aria-hidden="true" />}
                  onClick={() => void save(content, {}, fileNameOf(line))}
                >
                  {m.pdf_download()}
                </Button>
              )}
            </PageHeader>
            {line.voided_on && (
              <Card title={m.document_void_since({ day: date(line.voided_on) })}>
                <p>{m.document_void_why()}</p>
              </Card>
            )}
            {line.media_type === 'application/pdf' ? (
              <PdfView path={content} label={titleOf(line)} />
            ) : (
              <Card flush>
                <div className={s.view}>
                  <Picture path={content} label={titleOf(line)} />
                </div>
              </Card>
            )}
            <Card title={m.document_facts()} flush>
              <Facts
                facts={[
                  [m.field_reference(), line.reference],
                  [m.document_pages(), line.pages],
                  [m.document_size(), bytes(line.size)],
                  [
                    m.document_digest(),
                    <span key="digest" className={`mono ${s.digest}`}>
                      {line.sha256}
                    </span>,
                  ],
                ]}
              />
            </Card>
          </div>
        )}
      </Answer>
    </>
  );
}
