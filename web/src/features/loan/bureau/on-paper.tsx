import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { ConfirmInformation, StepBack } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { useMay } from '~/app/me';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, showErrors, useFields } from '~/ui/form';
import { Answer } from '~/ui/states';
import { running, useClocks } from '../clocks';
import { useSeenLoan } from '../use-seen-loan';
import { ClientAnswer } from './client-answer';

type Loan = components['schemas']['LoanEntry'];
type Props = { loan: Loan; onClose: () => void };
type Text = components['schemas']['ConsentText'];

/** What a client brings on paper, entered with its day: an answer, that the information was received, or a notice. */
export function OnPaper({ loan }: { loan: Loan }) {
  const may = useMay('loan.request');
  const { data: clocks } = useClocks(loan);
  const [open, setOpen] = useState<Loan | null>(null);
  const close = () => setOpen(null);
  const informs = loan.status === 'approved' && loan.needs_information;
  const stepsBack = ['ready', 'disbursed'].includes(loan.status) && clocks?.some((clock) => clock.name === 'step-back');
  if (!may) return null;
  return (
    <>
      {loan.status === 'counter-offered' && <Button onClick={() => setOpen(loan)}>{m.counter_offer_enter()}</Button>}
      {informs && <Button onClick={() => setOpen(loan)}>{m.information_enter()}</Button>}
      {stepsBack && (
        <Button variant="subtle" onClick={() => setOpen(loan)}>
          {m.step_back_enter()}
        </Button>
      )}
      {open?.status === 'counter-offered' && <ClientAnswer loan={open} onClose={close} />}
      {open?.status === 'approved' && <Information loan={open} onClose={close} />}
      {open && ['ready', 'disbursed'].includes(open.status) && (
        <Notice loan={open} until={running(clocks, 'step-back')?.ends_on} onClose={close} />
      )}
    </>
  );
}

function Information({ loan, onClose }: Props) {
  const texts = api.useQuery('get', '/api/v1/consents', { params: { query: { moment: 'approval' } } });
  return (
    <Dialog title={m.information_title({ reference: loan.reference })} onClose={onClose}>
      <Answer of={texts} rows={4}>
        {([text]) => text && <InformationForm loan={loan} text={text} onClose={onClose} />}
      </Answer>
    </Dialog>
  );
}

function InformationForm({ loan, text, onClose }: Props & { text: Text }) {
  const { locale } = useLocale();
  const { about, know } = useSeenLoan(loan);
  const confirm = useCommand(ConfirmInformation);
  const form = useFields(ConfirmInformation, { signed_on: '' });
  const send = form.onSubmit(async ({ signed_on }) => {
    const done = await confirm.send({ ...about, body: { version: text.version, language: locale, signed_on } });
    if (done) return onClose();
    know();
    showErrors(form, confirm.problem);
  });
  return (
    <form className="stack" onSubmit={send} noValidate>
      <p className="mute">{m.information_about()}</p>
      <p>{locale === 'fr' ? text.text_fr : text.text_en}</p>
      <DateInput label={m.information_signed_on()} required {...form.getInputProps('signed_on')} />
      <Outcome of={confirm} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={confirm.pending}>
          {m.information_do()}
        </Button>
      </Actions>
    </form>
  );
}

function Notice({ loan, until, onClose }: Props & { until?: string }) {
  const { about, know } = useSeenLoan(loan);
  const stepBack = useCommand(StepBack);
  const form = useFields(StepBack, { notified_on: '' });
  const send = form.onSubmit(async ({ notified_on }) => {
    if (await stepBack.send({ ...about, body: { notified_on: notified_on || null } })) return onClose();
    know();
    showErrors(form, stepBack.problem);
  });
  return (
    <Dialog title={m.step_back_title({ reference: loan.reference })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{until ? may(loan, date(until)) : m.step_back_over()}</p>
        <DateInput
          label={m.step_back_notified_on()}
          description={m.step_back_notified_on_about()}
          {...form.getInputProps('notified_on')}
        />
        <Outcome of={stepBack} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={stepBack.pending}>
            {m.step_back_do()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** Until when, and what becomes of the money where it has left. */
const may = (loan: Loan, day: string) =>
  loan.disbursed_on ? m.step_back_paid_until({ day }) : m.step_back_until({ day });
