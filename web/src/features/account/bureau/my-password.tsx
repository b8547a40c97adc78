import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { ChangePassword } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { limits, showErrors, useFields } from '~/ui/form';

/** Another password; every other session ends. */
export function MyPassword() {
  const change = useCommand(ChangePassword);
  const [done, setDone] = useState(false);
  const form = useFields(ChangePassword, { current: '', password: '' });
  const send = form.onSubmit(async (body) => {
    setDone(false);
    if (await change.send({ body })) {
      form.reset();
      setDone(true);
    } else showErrors(form, change.problem);
  });
  return (
    <Card title={m.password()}>
      <form className="stack" onSubmit={send} noValidate>
        <PasswordInput
          label={m.account_password_now()}
          autoComplete="current-password"
          {...limits(ChangePassword, 'current')}
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label={m.account_password_new()}
          description={m.account_password_about()}
          autoComplete="new-password"
          {...limits(ChangePassword, 'password')}
          {...form.getInputProps('password')}
        />
        <Outcome of={change} />
        {done && <p role="status">{m.account_password_done()}</p>}
        <Button type="submit" variant="default" loading={change.pending}>
          {m.account_password_change()}
        </Button>
      </form>
    </Card>
  );
}
