import { Button } from '@mantine/core';
import { useState } from 'react';
import { SendContractAgain } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { useKeys } from '~/ui/use-keys';
import { useSeenContract } from '../use-seen-contract';
import { AcceptCopy } from './accept-copy';
import { RefuseCopy } from './refuse-copy';

type Contract = components['schemas']['ContractEntry'];
type Open = { what: 'accept' | 'refuse' | 'again'; contract: Contract } | null;

/** The commands of a contract: accept or refuse the copy that waits, or send the paper once more. */
export function Review({ contract, disabled }: { contract: Contract; disabled?: boolean }) {
  const may = useMay('contract.review');
  // The dialog keeps the contract as it was seen: somebody else's decision must not close what is being typed.
  const [open, setOpen] = useState<Open>(null);
  const begin = (what: NonNullable<Open>['what']) => setOpen({ what, contract });
  const waits = may && contract.status === 'returned' && !disabled;
  useKeys({ a: waits ? () => begin('accept') : undefined, r: waits ? () => begin('refuse') : undefined });
  if (!may) return null;
  const close = () => setOpen(null);
  return (
    <>
      {contract.status === 'returned' && (
        <>
          <Button variant="default" disabled={disabled} onClick={() => begin('refuse')}>
            {m.contract_refuse()}
          </Button>
          <Button disabled={disabled} onClick={() => begin('accept')}>
            {m.contract_accept()}
          </Button>
        </>
      )}
      {contract.status === 'sent' && (
        <Button variant="default" disabled={disabled} onClick={() => begin('again')}>
          {m.contract_send_again()}
        </Button>
      )}
      {open?.what === 'accept' && <AcceptCopy contract={open.contract} onClose={close} />}
      {open?.what === 'refuse' && <RefuseCopy contract={open.contract} onClose={close} />}
      {open?.what === 'again' && <SendAgain contract={open.contract} onClose={close} />}
    </>
  );
}

function SendAgain({ contract, onClose }: { contract: Contract; onClose: () => void }) {
  const { about, know } = useSeenContract(contract);
  const again = useCommand(SendContractAgain);
  const send = async () => {
    const done = await again.send({ ...about, body: {} });
    if (done) onClose();
    else know();
  };
  return (
    <Dialog title={m.contract_send_again_title({ reference: contract.reference })} onClose={onClose}>
      <p className="mute">{m.contract_send_again_about()}</p>
      <Outcome of={again} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button loading={again.pending} onClick={() => void send()}>
          {m.contract_send_again()}
        </Button>
      </Actions>
    </Dialog>
  );
}
