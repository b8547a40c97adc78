import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { ChangePassword } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { limits, useFields } from '~/ui/form';
import s from './password.module.css';

/** The fields for another password. */
export function AnotherPassword() {
  const change = useCommand(ChangePassword);
  const [done, setDone] = useState(false);
  const form = useFields(ChangePassword, { current: '', password: '' });
  const send = form.onSubmit(async (body) => {
    if (!(await change.send({ body }))) return;
    form.reset();
    setDone(true);
  });
  const shown = { visibilityToggleButtonProps: { 'aria-label': m.password_show() } };
  return (
    <form className={`stack ${s.form}`} onSubmit={send} noValidate>
      <p className="mute">{m.choose_password_about()}</p>
      <PasswordInput
        label={m.password_current()}
        autoComplete="current-password"
        {...limits(ChangePassword, 'current')}
        {...shown}
        {...form.getInputProps('current')}
      />
      <PasswordInput
        label={m.password_new()}
        autoComplete="new-password"
        {...limits(ChangePassword, 'password')}
        {...shown}
        {...form.getInputProps('password')}
      />
      <Outcome of={change} />
      <div role="status">{done && !change.problem && <p>{m.password_changed()}</p>}</div>
      <div>
        <Button type="submit" variant="default" loading={change.pending}>
          {m.password_change()}
        </Button>
      </div>
    </form>
  );
}
