import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { BeginTotp, ConfirmTotp } from '~/api/operations';
import type { components } from '~/api/schema';
import { entered } from '~/api/session';
import { useCommand } from '~/api/use-command';
import { QrCode } from '~/app/sign-in/enrolment';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits } from '~/ui/form';
import { Loading } from '~/ui/states';
import s from './security.module.css';

type Begun = components['schemas']['TotpBegun'];

/** An app that shows codes: its secret is drawn here, on this machine, and shown this once. */
export function AddApp({ onClose }: { onClose: () => void }) {
  const begin = useCommand(BeginTotp);
  const confirm = useCommand(ConfirmTotp);
  const [begun, setBegun] = useState<Begun | null>(null);
  const [name, setName] = useState<string>(m.factor_app_name());
  const [code, setCode] = useState('');
  const asked = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void begin.send({}).then((said) => (said ? setBegun(said) : undefined));
  }, []);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!begun) return;
    const body = { code: code.replace(/\D/g, ''), name: name.trim() };
    const said = await confirm.send({ path: { factor_id: begun.factor_id }, body });
    if (!said) return;
    if (said.session) entered(said.session);
    onClose();
  };
  return (
    <Dialog title={m.factor_add_app()} onClose={onClose}>
      <Outcome of={begin} />
      {begun ? (
        <form className="stack" onSubmit={(event) => void send(event)}>
          <p className="mute">{m.enrol_scan()}</p>
          <QrCode text={begun.uri} />
          <code className={s.secret}>{begun.secret}</code>
          <TextInput
            label={m.factor_name()}
            {...limits(ConfirmTotp, 'name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={m.factor_code()}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Outcome of={confirm} />
          <Actions>
            <Button type="submit" loading={confirm.pending}>
              {m.factor_add()}
            </Button>
          </Actions>
        </form>
      ) : (
        begin.pending && <Loading rows={4} />
      )}
    </Dialog>
  );
}
