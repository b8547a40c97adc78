import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { asked } from '~/api/client';
import { readProblem } from '~/api/problem';
import { API } from '~/api/session';
import s from './picture.module.css';
import { Loading, Refused } from './states';

async function read(path: string): Promise<Blob> {
  const credentials = API ? 'include' : 'same-origin';
  const answer = await asked(new Request(`${API || location.origin}${path}`, { credentials }));
  if (!answer.ok) throw await readProblem(answer);
  return answer.blob();
}

/** A document that is a photograph. Looking at it is in the access log: it is fetched once, and kept while the screen is open. */
export function Picture({ path, label }: { path: string; label: string }) {
  const found = useQuery({
    queryKey: ['picture', path],
    queryFn: () => read(path),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const address = useMemo(() => (found.data ? URL.createObjectURL(found.data) : undefined), [found.data]);
  useEffect(() => () => (address ? URL.revokeObjectURL(address) : undefined), [address]);
  if (found.isError) return <Refused error={found.error} retry={() => void found.refetch()} />;
  return address ? <img src={address} alt={label} className={s.picture} /> : <Loading rows={6} />;
}
