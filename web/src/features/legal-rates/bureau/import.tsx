import { Button } from '@mantine/core';
import { ImportLegalRates } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';

/** The ceilings that were published when this version was made, entered at once; what is entered stays as it is. */
export function Import({ onClose }: { onClose: () => void }) {
  const take = useCommand(ImportLegalRates);
  const send = async () => {
    if (await take.send({ body: {} })) onClose();
  };
  return (
    <Dialog title={m.legal_rates_import()} onClose={onClose}>
      <div className="stack">
        <p className="mute">{m.legal_rates_import_about()}</p>
        <Outcome of={take} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button data-autofocus loading={take.pending} onClick={() => void send()}>
            {m.legal_rates_import_do()}
          </Button>
        </Actions>
      </div>
    </Dialog>
  );
}
