import { ActionIcon } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconDownload, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import workerAddress from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { Document, Page, pdfjs } from 'react-pdf';
import { asked } from '~/api/client';
import { readProblem } from '~/api/problem';
import { API } from '~/api/session';
import { scriptAddress } from '~/lib/trusted';
import { m } from '~/paraglide/messages';
import s from './pdf-pages.module.css';
import type { Turned } from './pdf-view';
import { Refused } from './states';

// A worker of our own, from here: pages may start no other, and only from an address that a policy has seen.
pdfjs.GlobalWorkerOptions.workerPort = new Worker(scriptAddress(workerAddress), { type: 'module' });

type PagesProps = {
  path: string;
  label: string;
  onPage?: (page: number, pages: number) => void;
  turned?: Turned;
};
/** Small print is read on a phone. */
const LARGER = 1.9;
/** Until the document says otherwise: A4, upright. */
const UPRIGHT = 210 / 297;
const OPTIONS = { isEvalSupported: false, useWasm: false };

async function read(path: string): Promise<ArrayBuffer> {
  const credentials = API ? 'include' : 'same-origin';
  const answer = await asked(new Request(`${API || location.origin}${path}`, { credentials }));
  if (!answer.ok) throw await readProblem(answer);
  return answer.arrayBuffer();
}

export default function PdfPages({ path, label, onPage, turned }: PagesProps) {
  const [own, setOwn] = useState(1);
  const [pages, setPages] = useState(0);
  // Beside a longer one, a document stays at its last page.
  const page = Math.max(1, Math.min(turned?.page ?? own, pages || 1));
  const setPage = turned?.onTurn ?? setOwn;
  const { ref, width } = useElementSize();
  const [large, setLarge] = useState(false);
  const [shape, setShape] = useState(UPRIGHT);
  const [drawn, setDrawn] = useState('');
  const [broken, setBroken] = useState(false);
  // Looking at a document is in the access log: it is fetched once, and kept while the screen is open.
  const bytes = useQuery({
    queryKey: ['pdf', path],
    queryFn: () => read(path),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  // The worker takes what it is given: a copy for it.
  const file = useMemo(() => (bytes.data ? { data: new Uint8Array(bytes.data.slice(0)) } : null), [bytes.data]);
  const address = useMemo(
    () => (bytes.data ? URL.createObjectURL(new Blob([bytes.data], { type: 'application/pdf' })) : undefined),
    [bytes.data],
  );
  useEffect(() => () => (address ? URL.revokeObjectURL(address) : undefined), [address]);
  useEffect(() => {
    if (pages) onPage?.(page, pages);
  }, [page, pages, onPage]);
  if (bytes.isError) return <Refused error={bytes.error} retry={() => void bytes.refetch()} />;
  const wide = width && Math.floor(Math.max(240, Math.min(width, 900)) * (large ? LARGER : 1));
  const wanted = `${page} ${wide}`;
  return (
    <section className={s.view} aria-label={label}>
      <div className={s.bar}>
        <span>
          <ActionIcon
            variant="default"
            aria-label={m.pdf_before()}
            disabled={page <= 1}
            onClick={() => setPage(page - 1)}
          >
            <IconChevronLeft size={17} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label={m.pdf_after()}
            disabled={page >= pages}
            onClick={() => setPage(page + 1)}
          >
            <IconChevronRight size={17} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label={m.pdf_larger()}
            aria-pressed={large}
            onClick={() => setLarge(!large)}
          >
            {large ? <IconZoomOut size={17} aria-hidden="true" /> : <IconZoomIn size={17} aria-hidden="true" />}
          </ActionIcon>
          <span className="num" role="status">
            {pages ? m.pdf_page({ page: String(page), pages: String(pages) }) : ''}
          </span>
        </span>
        <a className="link" href={address} download={`${label}.pdf`}>
          <IconDownload size={15} aria-hidden="true" /> {m.pdf_download()}
        </a>
      </div>
      <section
        className={s.paper}
        data-large={large || undefined}
        tabIndex={0}
        aria-label={`${m.pdf_paper()}, ${label}`}
      >
        {/* The room there is, without the scroll bar. */}
        <div className={s.room} ref={ref} />
        {broken ? (
          <p role="alert">{m.pdf_unreadable()}</p>
        ) : (
          <div
            className={s.sheet}
            data-drawn={drawn === wanted || undefined}
            aria-busy={drawn !== wanted}
            style={{ width: wide || '100%', aspectRatio: shape }}
          >
            {/* The document waits here, not further up: there the file would be made anew with each attempt. */}
            <Suspense fallback={null}>
              {file && wide > 0 && (
                <Document
                  file={file}
                  options={OPTIONS}
                  loading=""
                  error=""
                  onLoadSuccess={(found) => setPages(found.numPages)}
                  onLoadError={() => setBroken(true)}
                >
                  <Page
                    pageNumber={page}
                    width={wide}
                    loading=""
                    error=""
                    renderTextLayer={false}
                    renderAnnotationLayer={false}
                    onLoadSuccess={(found) => setShape(found.originalWidth / found.originalHeight)}
                    onRenderSuccess={() => setDrawn(wanted)}
                  />
                </Document>
              )}
            </Suspense>
          </div>
        )}
      </section>
    </section>
  );
}
