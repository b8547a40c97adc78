import { Button, PasswordInput, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { SignedIn } from '~/api/session';
import { m } from '~/paraglide/messages';
import { ProblemNote } from '~/ui/states';
import { type Asked, type FactorAsked, useAsking } from './asking';
import { passkeysWork, showPasskey } from './passkey';
import { type Proof, SecondFactor } from './second-factor';
import '~/styles/fields.css';

/** Address and password, then the second factor; or a passkey alone. */
export function SignInForm({ onIn }: { onIn: (said: SignedIn) => void }) {
  const { ask, enter, problem, pending } = useAsking();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [factor, setFactor] = useState<FactorAsked | null>(null);
  const came = (said: SignedIn | null) => said && enter(said) && onIn(said);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    const said = await ask<SignedIn | FactorAsked>('/auth/sign-in', { email, password });
    if (said?.outcome === 'factor-needed') setFactor(said);
    else came(said as SignedIn | null);
  };
  const prove = async (proof: Proof) =>
    came(await ask<SignedIn>('/auth/sign-in/factor', { pending: factor?.pending, ...proof }));
  const withPasskey = async () => {
    const options = await ask<Asked>('/auth/passkey/options');
    const shown = options?.passkey && (await showPasskey(options.passkey));
    if (shown) came(await ask<SignedIn>('/auth/passkey', { passkey: shown }));
  };

  if (factor)
    return (
      <SecondFactor
        kinds={factor.kinds}
        passkey={factor.passkey}
        pending={pending}
        problem={problem}
        onProof={(proof) => void prove(proof)}
      />
    );
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <TextInput
        label={m.email()}
        type="email"
        autoComplete="username webauthn"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={m.password()}
        autoComplete="current-password"
        required
        value={password}
        visibilityToggleButtonProps={{ 'aria-label': m.password_show() }}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <ProblemNote problem={problem} />
      <Button type="submit" size="md" loading={pending}>
        {m.sign_in()}
      </Button>
      {passkeysWork() && (
        <Button
          variant="default"
          size="md"
          leftSection={<IconFingerprint size={18} aria-hidden="true" />}
          onClick={() => void withPasskey()}
        >
          {m.sign_in_passkey()}
        </Button>
      )}
    </form>
  );
}
