import { Button, PasswordInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { components } from '~/api/schema';
import { inSession, type SignedIn } from '~/api/session';
import { m } from '~/paraglide/messages';
import { ProblemNote } from '~/ui/states';
import { type Asked, useAsking } from './asking';
import { passkeysWork, showPasskey } from './passkey';
import { type Proof, SecondFactor } from './second-factor';
import '~/styles/fields.css';

type Factors = components['schemas']['Factors'];
const ownFactors = async () => (await (await inSession('/api/v1/me/factors')).json()) as Factors;

/** Proves once more who is here: password, and the second factor where there is one; or a passkey alone. */
export function StepUpForm({ onProved }: { onProved: () => void }) {
  const { ask, enter, problem, pending } = useAsking();
  const [password, setPassword] = useState('');
  const [typed, setTyped] = useState(false);
  const { data: own } = useQuery({ queryKey: ['own-factors'], queryFn: ownFactors, staleTime: 0 });
  const kinds: string[] = [...new Set(own?.factors.map((each) => each.kind))];
  if (own?.recovery_codes_left) kinds.push('recovery-code');

  const prove = async (proof: Proof) => {
    const said = await ask<SignedIn>('/auth/step-up', { password: password || undefined, ...proof });
    if (enter(said)) onProved();
  };
  const next = (event: FormEvent) => {
    event.preventDefault();
    if (kinds.length) setTyped(true);
    else void prove({});
  };
  const withPasskey = async () => {
    const options = await ask<Asked>('/auth/step-up/options');
    const shown = options?.passkey && (await showPasskey(options.passkey));
    if (shown) void prove({ passkey: shown });
  };
  if (typed)
    return <SecondFactor kinds={kinds} pending={pending} problem={problem} onProof={(proof) => void prove(proof)} />;
  return (
    <form className="stack" onSubmit={next}>
      <p className="mute">{m.step_up_about()}</p>
      {kinds.includes('webauthn') && passkeysWork() && (
        <Button variant="default" onClick={() => void withPasskey()}>
          {m.factor_passkey()}
        </Button>
      )}
      <PasswordInput
        label={m.password()}
        autoComplete="current-password"
        required
        value={password}
        visibilityToggleButtonProps={{ 'aria-label': m.password_show() }}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <ProblemNote problem={problem} />
      <Button type="submit" loading={pending} disabled={!own}>
        {m.continue()}
      </Button>
    </form>
  );
}
