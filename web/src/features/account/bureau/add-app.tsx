import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { BeginTotp, ConfirmTotp } from '~/api/operations';
import type { components } from '~/api/schema';
import { entered } from '~/api/session';
import { useCommand } from '~/api/use-command';
import { QrCode } from '~/app/sign-in/enrolment';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits } from '~/ui/form';
import s from './account.module.css';

/** An authenticator app: its secret is shown once, and a code proves that it was read. */
export function AddApp({ onClose }: { onClose: () => void }) {
  const begin = useCommand(BeginTotp);
  const confirm = useCommand(ConfirmTotp);
  const [begun, setBegun] = useState<components['schemas']['TotpBegun'] | null>(null);
  const [code, setCode] = useState('');
  const start = async () => setBegun(await begin.send({}));
  const send = async (factor_id: string) => {
    const body = { code: code.replace(/\D/g, ''), name: m.factor_app_name() };
    const done = await confirm.send({ path: { factor_id }, body });
    if (!done) return;
    if (done.session) entered(done.session);
    onClose();
  };
  return (
    <Dialog title={m.enrol_app()} onClose={onClose}>
      {begun ? (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void send(begun.factor_id);
          }}
        >
          <p className="mute">{m.enrol_scan()}</p>
          <QrCode text={begun.uri} />
          <code className={s.secret}>{begun.secret}</code>
          <TextInput
            label={m.factor_code()}
            inputMode="numeric"
            autoComplete="one-time-code"
            {...limits(ConfirmTotp, 'code')}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Outcome of={confirm} />
          <Actions>
            <Button type="submit" loading={confirm.pending}>
              {m.continue()}
            </Button>
          </Actions>
        </form>
      ) : (
        <>
          <p className="mute">{m.account_app_about()}</p>
          <Outcome of={begin} />
          <Actions>
            <Button loading={begin.pending} onClick={() => void start()}>
              {m.continue()}
            </Button>
          </Actions>
        </>
      )}
    </Dialog>
  );
}
