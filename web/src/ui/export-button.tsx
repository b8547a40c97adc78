import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { asked } from '~/api/client';
import { type Problem, problemOf, readProblem } from '~/api/problem';
import { API } from '~/api/session';
import { m } from '~/paraglide/messages';
import { ProblemNote } from './states';

type ExportProps = {
  /** The API's export, such as `/api/v1/loans.csv`. */
  path: string;
  /** The filters and the order of the list on screen: what is exported is what is seen, whole. */
  params: Record<string, string | number | boolean | undefined>;
  name: string;
};

export function ExportButton({ path, params, name }: ExportProps) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const fetchIt = async () => {
    setPending(true);
    setProblem(await save(path, params, name));
    setPending(false);
  };
  return (
    <>
      <Button
        variant="default"
        loading={pending}
        leftSection={<IconDownload size={16} stroke={1.6} aria-hidden="true" />}
        onClick={() => void fetchIt()}
      >
        {m.export()}
      </Button>
      <ProblemNote problem={problem} />
    </>
  );
}

/** Fetches a file with the session's proof and hands it to the browser; null when it went well. */
export async function save(path: string, params: ExportProps['params'], name: string): Promise<Problem | null> {
  const said = Object.entries(params).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  const query = said.length ? `?${new URLSearchParams(said)}` : '';
  try {
    const credentials = API ? 'include' : 'same-origin';
    const answer = await asked(new Request(`${API || location.origin}${path}${query}`, { credentials }));
    if (!answer.ok) return await readProblem(answer);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return null;
  } catch (lost) {
    return problemOf(lost);
  }
}
