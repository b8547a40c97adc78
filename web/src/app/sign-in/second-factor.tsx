import { Button, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { Problem } from '~/api/problem';
import { m } from '~/paraglide/messages';
import { ProblemNote } from '~/ui/states';
import { passkeysWork, showPasskey } from './passkey';
import '~/styles/fields.css';

export type Proof = { code?: string; recovery_code?: string; passkey?: object };

type SecondFactorProps = {
  kinds: readonly string[];
  passkey?: Record<string, unknown> | null;
  pending: boolean;
  problem: Problem | null;
  onProof: (proof: Proof) => void;
};

/** A code of an app, a passkey, or a code from paper. */
export function SecondFactor({ kinds, passkey, pending, problem, onProof }: SecondFactorProps) {
  const [paper, setPaper] = useState(!kinds.includes('totp') && !kinds.includes('webauthn'));
  const [code, setCode] = useState('');
  const sent = (event: FormEvent) => {
    event.preventDefault();
    onProof(paper ? { recovery_code: code.trim() } : { code: code.replace(/\D/g, '') });
  };
  const show = async () => {
    const shown = passkey && (await showPasskey(passkey));
    if (shown) onProof({ passkey: shown });
  };
  return (
    <form className="stack" onSubmit={sent}>
      {passkey && passkeysWork() && (
        <Button
          variant="default"
          leftSection={<IconFingerprint size={18} aria-hidden="true" />}
          onClick={() => void show()}
        >
          {m.factor_passkey()}
        </Button>
      )}
      {paper ? (
        <TextInput
          label={m.factor_recovery_code()}
          autoComplete="off"
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      ) : (
        kinds.includes('totp') && (
          <TextInput
            label={m.factor_code()}
            description={m.factor_code_about()}
            inputMode="numeric"
            autoComplete="one-time-code"
            data-autofocus
            required
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )
      )}
      <ProblemNote problem={problem} />
      {(paper || kinds.includes('totp')) && (
        <Button type="submit" size="md" loading={pending}>
          {m.continue()}
        </Button>
      )}
      {!paper && kinds.includes('recovery-code') && (
        <Button variant="subtle" onClick={() => setPaper(true)}>
          {m.factor_use_recovery_code()}
        </Button>
      )}
    </form>
  );
}
