import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { IssueKey } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { useMe } from '~/app/me';
import { m } from '~/paraglide/messages';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, showErrors, useFields } from '~/ui/form';
import s from './account.module.css';
import { AccountDialog } from './account-dialog';

/** A key for a program, within one's own permissions; shown this once. */
export function IssueKeyDialog({ onClose }: { onClose: () => void }) {
  const { permissions } = useMe();
  const issue = useCommand(IssueKey);
  const [chosen, choose] = useState<string[]>([]);
  const [key, show] = useState<string | null>(null);
  const form = useFields(IssueKey, { name: '', expires_on: '', permissions: 'x' });
  const send = form.onSubmit(async ({ name, expires_on }) => {
    if (chosen.length === 0) return form.setErrors({ permissions: m.account_permissions_none() });
    const made = await issue.send({ body: { name, expires_on, permissions: chosen } });
    if (made) show(made.key);
    else showErrors(form, issue.problem);
  });
  if (key) return <Issued value={key} onClose={onClose} />;
  return (
    <AccountDialog
      title={m.account_key_issue()}
      does={m.account_key_make()}
      command={issue}
      onSend={() => send()}
      onClose={onClose}
      wide
    >
      <TextInput
        label={m.account_key_name()}
        data-autofocus
        {...limits(IssueKey, 'name')}
        {...form.getInputProps('name')}
      />
      <DateInput label={m.account_expires_on()} required {...form.getInputProps('expires_on')} />
      <fieldset className={s.permissions}>
        <legend>{m.account_permissions()}</legend>
        {permissions
          .filter((each) => each !== 'self')
          .map((each) => (
            <Checkbox
              key={each}
              label={<span className="mono">{each}</span>}
              checked={chosen.includes(each)}
              onChange={(event) =>
                choose(event.currentTarget.checked ? [...chosen, each] : chosen.filter((other) => other !== each))
              }
            />
          ))}
      </fieldset>
      {form.errors.permissions && <p className={s.error}>{form.errors.permissions}</p>}
    </AccountDialog>
  );
}

const Issued = ({ value, onClose }: { value: string; onClose: () => void }) => (
  <Dialog title={m.account_key_made()} onClose={onClose}>
    <p className="mute">{m.account_key_made_about()}</p>
    <code className={`${s.secret} mono`}>{value}</code>
    <Actions>
      <Button variant="default" onClick={() => void navigator.clipboard.writeText(value)}>
        {m.account_copy()}
      </Button>
      <Button onClick={onClose}>{m.account_key_kept()}</Button>
    </Actions>
  </Dialog>
);
