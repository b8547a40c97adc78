import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { asked } from '~/api/client';
import { readProblem } from '~/api/problem';
import { API } from '~/api/session';
import s from './document-view.module.css';
import { PdfView, type Turned } from './pdf-view';
import { Loading, Refused } from './states';

type DocumentProps = { path: string; mediaType: string; label: string; turned?: Turned };

/** Any document that is kept: a PDF page by page, or the photograph of one. */
export const DocumentView = ({ path, mediaType, label, turned }: DocumentProps) =>
  mediaType.startsWith('image/') ? (
    <Photograph path={path} label={label} />
  ) : (
    <PdfView path={path} label={label} turned={turned} />
  );

function Photograph({ path, label }: { path: string; label: string }) {
  // Looking at a document is in the access log: it is fetched once, and kept while the screen is open.
  const bytes = useQuery({
    queryKey: ['photograph', path],
    queryFn: () => read(path),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const address = useMemo(() => bytes.data && URL.createObjectURL(bytes.data), [bytes.data]);
  useEffect(() => () => (address ? URL.revokeObjectURL(address) : undefined), [address]);
  if (bytes.isError) return <Refused error={bytes.error} retry={() => void bytes.refetch()} />;
  if (!address) return <Loading rows={6} />;
  return (
    <section className={s.paper} aria-label={label}>
      <img src={address} alt={label} />
    </section>
  );
}

async function read(path: string): Promise<Blob> {
  const credentials = API ? 'include' : 'same-origin';
  const answer = await asked(new Request(`${API || location.origin}${path}`, { credentials }));
  if (!answer.ok) throw await readProblem(answer);
  return answer.blob();
}
