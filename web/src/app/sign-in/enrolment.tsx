import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { encode } from 'uqr';
import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';
import { ProblemNote } from '~/ui/states';
import { Door } from '../door';
import { meQuery } from '../me';
import { useAsking } from './asking';
import s from './enrolment.module.css';
import { makePasskey, passkeysWork } from './passkey';
import '~/styles/fields.css';

type Begun = components['schemas']['TotpBegun'];
type Enrolled = components['schemas']['Enrolled'];

/** Whoever works here adds a second factor before anything else. */
export default function Enrolment() {
  const queries = useQueryClient();
  const { ask, enter, problem, pending } = useAsking();
  const [begun, setBegun] = useState<Begun | null>(null);
  const [code, setCode] = useState('');
  const done = (said: Enrolled | null) => {
    if (!said) return;
    if (said.session) enter(said.session);
    void queries.invalidateQueries({ queryKey: meQuery.queryKey });
  };
  const begin = async () => setBegun(await ask<Begun>('/me/factors/totp'));
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    done(
      await ask<Enrolled>(`/me/factors/totp/${begun?.factor_id}/confirm`, {
        code: code.replace(/\D/g, ''),
        name: m.factor_app_name(),
      }),
    );
  };
  const withPasskey = async () => {
    const options = await ask<{ passkey: Record<string, unknown> }>('/me/factors/passkey/options');
    const passkey = options && (await makePasskey(options.passkey));
    if (passkey) done(await ask<Enrolled>('/me/factors/passkey', { passkey, name: m.factor_passkey_name() }));
  };
  return (
    <Door title={m.enrol_title()} about={m.enrol_about()}>
      {begun ? (
        <form className="stack" onSubmit={(event) => void confirm(event)}>
          <p className="mute">{m.enrol_scan()}</p>
          <QrCode text={begun.uri} />
          <code className={s.secret}>{begun.secret}</code>
          <TextInput
            label={m.factor_code()}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <ProblemNote problem={problem} />
          <Button type="submit" loading={pending}>
            {m.continue()}
          </Button>
        </form>
      ) : (
        <div className="stack">
          <Button loading={pending} onClick={() => void begin()}>
            {m.enrol_app()}
          </Button>
          {passkeysWork() && (
            <Button variant="default" onClick={() => void withPasskey()}>
              {m.enrol_passkey()}
            </Button>
          )}
          <ProblemNote problem={problem} />
        </div>
      )}
    </Door>
  );
}

/** Black on white in both themes: cameras read nothing else. */
export function QrCode({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg
      className={s.code}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={m.enrol_qr()}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
