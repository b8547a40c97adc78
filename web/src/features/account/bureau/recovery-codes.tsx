import { Button } from '@mantine/core';
import { m } from '~/paraglide/messages';
import { Actions, Dialog } from '~/ui/dialog';
import s from './account.module.css';

/** Codes for the day when every factor is lost; shown this once. */
export const RecoveryCodes = ({ codes, onClose }: { codes: string[]; onClose: () => void }) => (
  <Dialog title={m.account_codes()} onClose={onClose}>
    <p className="mute">{m.account_codes_about()}</p>
    <ul className={`${s.codes} mono`}>
      {codes.map((code) => (
        <li key={code}>{code}</li>
      ))}
    </ul>
    <Actions>
      <Button variant="default" onClick={() => void navigator.clipboard.writeText(codes.join('\n'))}>
        {m.account_copy()}
      </Button>
      <Button onClick={onClose}>{m.account_codes_kept()}</Button>
    </Actions>
  </Dialog>
);
