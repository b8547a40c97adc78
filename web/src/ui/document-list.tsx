import { Button } from '@mantine/core';
import { IconDownload, IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import type { components } from '~/api/schema';
import { bytes, date, integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import type { Column } from './data-table';
import { Dialog } from './dialog';
import { DocumentView } from './document-view';
import { save } from './export-button';
import { Listing } from './listing';

type Document = components['schemas']['DocumentEntry'];
const PURPOSES: Record<string, () => string> = {
  information: m.document_information,
  contract: m.document_contract,
  'signed-copy': m.document_signed_copy,
  schedule: m.document_schedule,
  quittance: m.document_quittance,
};
const ENDINGS: Record<string, string> = { 'application/pdf': 'pdf', 'image/jpeg': 'jpg', 'image/png': 'png' };

export const documentTitle = ({ purpose, reference }: Pick<Document, 'purpose' | 'reference'>) =>
  `${PURPOSES[purpose]?.() ?? purpose} ${reference}`;
export const contentOf = (id: string) => `/api/v1/documents/${id}/content`;

/** Documents on their lines: looked at here, or downloaded. Either is recorded. */
export function DocumentList({ label, documents }: { label: string; documents: Document[] }) {
  const [shown, show] = useState<Document | null>(null);
  const columns: Column<Document>[] = [
    {
      id: 'title',
      header: m.field_document(),
      cell: (each) => (
        <>
          {documentTitle(each)}
          {each.voided_on && <div>{m.document_void_since({ day: date(each.voided_on) })}</div>}
        </>
      ),
    },
    { id: 'kept', header: m.field_kept_on(), cell: (each) => date(each.kept_on), wide: true },
    { id: 'pages', header: m.field_pages(), cell: (each) => integer(each.pages), end: true, wide: true },
    { id: 'size', header: m.field_size(), cell: (each) => bytes(each.size), end: true, wide: true },
    {
      id: 'do',
      header: m.field_actions(),
      cell: (each) => <Buttons of={each} onShow={() => show(each)} />,
      end: true,
    },
  ];
  return (
    <>
      <Listing label={label} rows={documents} columns={columns} rowKey={(each) => each.document_id} />
      {shown && (
        <Dialog title={documentTitle(shown)} onClose={() => show(null)} wide>
          <DocumentView path={contentOf(shown.document_id)} mediaType={shown.media_type} label={documentTitle(shown)} />
        </Dialog>
      )}
    </>
  );
}

function Buttons({ of, onShow }: { of: Document; onShow: () => void }) {
  const name = `${of.reference}.${ENDINGS[of.media_type] ?? 'bin'}`;
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconEye size={15} aria-hidden="true" />}
        aria-label={m.document_look_at({ title: documentTitle(of) })}
        onClick={onShow}
      >
        {m.document_look()}
      </Button>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconDownload size={15} aria-hidden="true" />}
        aria-label={m.document_download({ title: documentTitle(of) })}
        onClick={() => void save(contentOf(of.document_id), {}, of.file_name ?? name)}
      >
        {m.pdf_download()}
      </Button>
    </>
  );
}
