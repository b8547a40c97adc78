import { Button } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { client } from '~/api/client';
import type { components } from '~/api/schema';
import type { Command } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { describeOrganisation } from '../words';

export type Organisation = components['schemas']['OrganisationLine'];
export type Props = { organisation: Organisation; onClose: () => void };

/** What every change says of the organisation: as it was on screen, and how to see it anew. */
export const changing = (organisation: Organisation) => ({
  seen: organisation,
  reread: async () => (await client.GET('/api/v1/organisation')).data,
  describe: describeOrganisation,
});

type ChangingProps = {
  title: string;
  does: string;
  command: Command;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
};

/** The frame of every change to the organisation: its fields, what became of it, its buttons. */
export const Changing = ({ title, does, command, onSubmit, onClose, wide, children }: ChangingProps) => (
  <Dialog title={title} onClose={onClose} wide={wide}>
    <form className="stack" onSubmit={onSubmit} noValidate>
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
