import { Button } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { client } from '~/api/client';
import type { components } from '~/api/schema';
import type { Command } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { describeAccount } from '../words';

export type Account = components['schemas']['AccountLine'];
export type Props = { account: Account; onClose: () => void };

/** What every change to an account says of it: which one, as it was on screen, and how to see it anew. */
export const changing = (account: Account) => {
  const path = { account_id: account.account_id };
  const reread = async () => (await client.GET('/api/v1/accounts/{account_id}', { params: { path } })).data;
  return { path, seen: account, reread, describe: describeAccount };
};

type DialogProps = {
  title: string;
  does: string;
  command: Command;
  onSend: () => void;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
};

/** The frame of every change to an account. */
export const AccountDialog = ({ title, does, command, onSend, onClose, wide, children }: DialogProps) => {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSend();
  };
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <form className="stack" onSubmit={submit} noValidate>
        {children}
        <Outcome of={command} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={command.pending}>
            {does}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
};
