import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { DocumentView } from '~/ui/document-view';
import type { Turned } from '~/ui/pdf-view';
import { Answer, Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import s from './papers.module.css';
import '~/styles/fields.css';

type Contract = components['schemas']['ContractEntry'];

/** The contract as it left, beside the copy that came back; their pages turn together. */
export function Papers({ contract }: { contract: Contract }) {
  const [page, setPage] = useState(1);
  const [together, setTogether] = useState(true);
  const copy = contract.copy_id;
  const turned = copy && together ? { page, onTurn: setPage } : undefined;
  if (!contract.document_id)
    return (
      <Card>
        <Empty title={m.contract_no_paper()}>{m.contract_no_paper_about()}</Empty>
      </Card>
    );
  return (
    <>
      {copy && (
        <div className={s.tools}>
          <Pages contract={contract} copy={copy} />
          <Checkbox
            label={m.contract_together()}
            checked={together}
            onChange={(event) => setTogether(event.currentTarget.checked)}
          />
        </div>
      )}
      <div className={s.pair} data-two={copy ? '' : undefined}>
        <Card title={m.contract_original()}>
          <Paper id={contract.document_id} label={m.contract_original()} turned={turned} />
        </Card>
        {copy && (
          <Card title={m.contract_copy()}>
            <Paper key={copy} id={copy} label={m.contract_copy()} turned={turned} />
          </Card>
        )}
      </div>
    </>
  );
}

function Paper({ id, label, turned }: { id: string; label: string; turned?: Turned }) {
  const document = useDocument(id);
  return (
    <Answer of={document} rows={6}>
      {(line) => (
        <>
          <DocumentView
            path={`/api/v1/documents/${id}/content`}
            mediaType={line.media_type}
            label={label}
            turned={turned}
          />
          <p className={`${s.hash} mono`}>SHA-256 {line.sha256}</p>
        </>
      )}
    </Answer>
  );
}

/** Pages that are missing are the first thing to see. */
function Pages({ contract, copy }: { contract: Contract; copy: string }) {
  const { data } = useDocument(copy);
  if (!data || contract.pages === null) return <span />;
  const said = { copy: integer(data.pages), original: integer(contract.pages) };
  return data.pages === contract.pages ? (
    <Status tone="ring">{m.contract_pages_same(said)}</Status>
  ) : (
    <Status tone="bad">{m.contract_pages_differ(said)}</Status>
  );
}

const useDocument = (id: string) =>
  api.useQuery(
    'get',
    '/api/v1/documents/{document_id}',
    { params: { path: { document_id: id } } },
    // A document never changes.
    { staleTime: Number.POSITIVE_INFINITY },
  );
