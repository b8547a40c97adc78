import { Button, Textarea } from '@mantine/core';
import { api } from '~/api/client';
import { ConfirmPayee as Confirming, RefusePayee as Refusing } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { useMe } from '~/app/me';
import { m } from '~/paraglide/messages';
import { Facts } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';
import { Status } from '~/ui/status';
import { destination, type Payee } from '../words';

type DecideProps = { payee: Payee; onClose: () => void };

const What = ({ payee }: { payee: Payee }) => (
  <Facts
    facts={[
      [m.field_holder(), payee.holder],
      [m.field_destination(), destination(payee)],
      ...(payee.bic ? [[m.field_bic(), payee.bic] as const] : []),
    ]}
  />
);

/** A second person has checked with the customer: from a day later on, transfers go there. */
export function ConfirmPayee({ payee, onClose }: DecideProps) {
  const own = useMe().account_id === payee.proposed_by;
  const { data: house } = api.useQuery('get', '/api/v1/organisation');
  const alone = own && house?.policy === 'single-operator';
  const confirm = useCommand(Confirming);
  const form = useFields(Confirming, { number: payee.number, reason: '' });
  const send = form.onSubmit(async ({ number, reason }) => {
    const body = { number, reason: alone ? reason : null };
    if (await confirm.send({ path: { payee_id: payee.payee_id }, body })) onClose();
    else showErrors(form, confirm.problem);
  });
  return (
    <Dialog title={m.payee_confirm_of({ number: String(payee.number) })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <What payee={payee} />
        <p className="mute">{m.payee_confirm_about()}</p>
        {own && !alone && <Status tone="bad">{m.payee_own()}</Status>}
        {alone && (
          <Textarea
            label={m.field_self_approval()}
            rows={2}
            {...limits(Confirming, 'reason')}
            {...form.getInputProps('reason')}
          />
        )}
        <Outcome of={confirm} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={confirm.pending}>
            {m.payee_confirm()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** Nothing goes there, or nothing goes there any longer. */
export function RefusePayee({ payee, onClose }: DecideProps) {
  const refuse = useCommand(Refusing);
  const form = useFields(Refusing, { number: payee.number, reason: '' });
  const send = form.onSubmit(async (body) => {
    if (await refuse.send({ path: { payee_id: payee.payee_id }, body })) onClose();
    else showErrors(form, refuse.problem);
  });
  return (
    <Dialog title={m.payee_refuse_of({ number: String(payee.number) })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <What payee={payee} />
        <Textarea label={m.field_reason()} rows={3} {...limits(Refusing, 'reason')} {...form.getInputProps('reason')} />
        <Outcome of={refuse} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={refuse.pending}>
            {m.payee_refuse()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
