import { Button } from '@mantine/core';
import { useState } from 'react';
import { client } from '~/api/client';
import { ReceiveSignedCopy } from '~/api/operations';
import { type Problem, problemOf } from '~/api/problem';
import { type Described, useCommand } from '~/api/use-command';
import { percent } from '~/lib/format';
import { bring } from '~/lib/upload';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { save } from '~/ui/export-button';
import { Bar } from '~/ui/kpi';
import { ProblemNote } from '~/ui/states';
import { ContractMark } from './contract-mark';
import { Pages } from './pages';
import { asOne } from './photos';
import s from './return-copy.module.css';
import { type Contract, wasRefused } from './stages';

/** What is to be printed. */
function TakePaper({ contract }: { contract: Contract }) {
  const name = m.my_document_contract({ reference: contract.reference });
  const path = `/api/v1/documents/${contract.document_id}/content`;
  return (
    contract.document_id && (
      <button type="button" className={s.take} onClick={() => void save(path, {}, `${name}.pdf`)}>
        {m.return_take()}
      </button>
    )
  );
}

/** What may happen to a contract while its copy is on its way. */
const describe: Described = (field, value) => {
  if (field === 'copy_refused_because') return { label: m.return_refused(), value: String(value ?? '—') };
  if (field !== 'status') return undefined;
  const contract = { status: String(value), copy_refused_because: null };
  return { label: m.field_status(), value: <ContractMark contract={contract} /> };
};

/** The signed copy comes back: a scan, or photographs of its pages, which travel as one document. */
export function ReturnCopy({ contract }: { contract: Contract }) {
  const receive = useCommand(ReceiveSignedCopy);
  const [files, setFiles] = useState<File[]>([]);
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const again = wasRefused(contract);
  const path = { contract_id: contract.contract_id };

  const send = async () => {
    // What was refused before is no news any more.
    receive.reset();
    setProblem(null);
    setShare(0);
    try {
      const file = await asOne(files, m.my_document_signed_copy({ reference: contract.reference }));
      const upload = await bring(`/api/v1/contracts/${contract.contract_id}/signed-copy-uploads`, file, setShare);
      const reread = async () => (await client.GET('/api/v1/contracts/{contract_id}', { params: { path } })).data;
      await receive.send({ path, body: { upload, file_name: file.name }, seen: contract, reread, describe });
    } catch (lost) {
      setProblem(problemOf(lost));
    }
    setShare(null);
  };

  const busy = share !== null || receive.pending;
  return (
    <Card title={again ? m.return_again() : m.return_copy()}>
      <div className="stack">
        {again && (
          <div className={s.refused} role="note">
            <b>{m.return_refused()}</b>
            <p>{contract.copy_refused_because}</p>
          </div>
        )}
        <ol className={s.how}>
          <li>
            {m.return_how_print()} <TakePaper contract={contract} />
          </li>
          <li>{m.return_how_sign()}</li>
          <li>{m.return_how_send()}</li>
        </ol>
        <Pages files={files} onFiles={setFiles} disabled={busy} />
        {share !== null && (
          <div role="status">
            <Bar value={share} label={m.return_sending()} />
            <p className="mute">{share < 1 ? m.return_progress({ share: percent(share, 0) }) : m.return_checking()}</p>
          </div>
        )}
        <ProblemNote problem={problem} />
        <Outcome of={receive} />
        {files.length > 0 && (
          <Button size="md" loading={busy} onClick={() => void send()}>
            {again ? m.return_do_again() : m.return_do()}
          </Button>
        )}
      </div>
    </Card>
  );
}
