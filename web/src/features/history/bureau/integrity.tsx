import { Button } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { client } from '~/api/client';
import type { components } from '~/api/schema';
import { useMay } from '~/app/me';
import { integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Refused } from '~/ui/states';
import { Status } from '~/ui/status';
import { recompute } from '../chain';
import type { Told } from '../fold';
import type { File } from '../use-history';
import { short } from '../values';
import s from './history.module.css';

type Proof = components['schemas']['Proof'];
type Found = { brokenAt: number | null; head: string; kind: string }[];
const CELLS = 120;

/** The chain of hashes: what the service found when it read the history, and what this browser computes by itself. */
export function Integrity({ file, told }: { file: File; told: Told }) {
  const may = useMay('history.prove');
  const [done, setDone] = useState(0);
  const [found, setFound] = useState<Found | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const broken = told.streams.find((each) => !each.verified);
  const many = told.items.length;

  const verify = async () => {
    setPending(true);
    setError(null);
    setFound(null);
    setDone(0);
    try {
      const path = `/api/v1/${file.of}/${file.id}/history/proof`;
      const { data, error: refused } = await client.GET(path as never, {} as never);
      if (refused) throw refused;
      const results: Found = [];
      for (const chain of (data as Proof).streams)
        results.push({ ...(await recompute(chain, () => setDone((before) => before + 1))), kind: chain.kind });
      setFound(results);
    } catch (lost) {
      setError(lost);
    }
    setPending(false);
  };
  const wrong = found?.find((each) => each.brokenAt !== null);
  return (
    <Card
      title={m.chain()}
      aside={
        may && (
          <Button
            variant="default"
            size="compact-sm"
            loading={pending}
            leftSection={<IconShieldCheck size={14} aria-hidden="true" />}
            onClick={() => void verify()}
          >
            {m.chain_verify()}
          </Button>
        )
      }
    >
      {many <= CELLS && (
        <div className={s.cells} aria-hidden="true">
          {told.items.map((each, at) => (
            <i key={each.position} data-on={at < done || undefined} />
          ))}
        </div>
      )}
      <div className={s.proof} role="status">
        {error ? (
          <Refused error={error} retry={() => void verify()} />
        ) : wrong ? (
          <Status tone="bad">{m.chain_broken({ version: integer(wrong.brokenAt ?? 0) })}</Status>
        ) : found ? (
          <>
            <Status tone="solid">{m.chain_recomputed({ count: integer(done) })}</Status>
            {found.map((each) => (
              <span key={each.head} className="mono">
                {each.kind} {short(each.head)}
              </span>
            ))}
          </>
        ) : broken ? (
          <Status tone="bad">{m.chain_broken({ version: integer(broken.broken_at ?? 0) })}</Status>
        ) : (
          <Status tone="ring">{m.chain_read()}</Status>
        )}
      </div>
      <p className="mute">{m.chain_about()}</p>
    </Card>
  );
}
