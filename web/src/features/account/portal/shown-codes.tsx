import { Button } from '@mantine/core';
import { m } from '~/paraglide/messages';
import { Actions, Dialog } from '~/ui/dialog';
import s from './security.module.css';

/** The codes, this once. */
export const ShownCodes = ({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) => (
  <Dialog title={m.recovery()} onClose={onClose}>
    <p>{m.recovery_once()}</p>
    <ul className={`${s.codes} mono`}>
      {codes.map((code) => (
        <li key={code}>{code}</li>
      ))}
    </ul>
    <Actions>
      <Button variant="default" onClick={() => void navigator.clipboard.writeText(codes.join('\n'))}>
        {m.copy()}
      </Button>
      <Button variant="default" onClick={() => print()}>
        {m.print()}
      </Button>
      <Button onClick={onClose}>{m.recovery_kept()}</Button>
    </Actions>
  </Dialog>
);
