import { Button, NativeSelect, Textarea } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { ConfirmWriteOff, PausePenalties, ProposeWriteOff, RefuseWriteOff, ResumePenalties } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, showErrors, useFields } from '~/ui/form';
import { Answer } from '~/ui/states';

type Loan = Pick<components['schemas']['LoanEntry'], 'loan_id' | 'reference' | 'status'>;
type What = 'pause' | 'resume' | 'propose' | 'confirm' | 'refuse';

/** The button, for whoever may decide one of these and a loan that is being paid back; nothing otherwise. */
export function ArrearsDecisionButton({ loan, proposed }: { loan: Loan; proposed: boolean }) {
  const mayPause = useMay('schedule.change');
  const mayGiveUp = useMay('loan.write-off');
  const [open, setOpen] = useState(false);
  if (!['disbursed', 'returning'].includes(loan.status) || !(mayPause || mayGiveUp)) return null;
  // A loss that is proposed already is decided where it is shown.
  const offered: What[] = [
    ...(mayPause ? (['pause', 'resume'] as const) : []),
    ...(mayGiveUp && !proposed ? (['propose'] as const) : []),
  ];
  if (offered.length === 0) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {m.arrears_decide()}
      </Button>
      {open && <ArrearsDecision loan={loan} offered={offered} onClose={() => setOpen(false)} />}
    </>
  );
}

type Props = {
  loan: Loan;
  offered: What[];
  /** Whoever confirms has proposed it as well, and says why. */
  alone?: boolean;
  onClose: () => void;
};

/** What is decided about a loan that is not paid: lateness that costs nothing, or a loss, by two people. */
export function ArrearsDecision({ loan, offered, alone, onClose }: Props) {
  const today = api.useQuery('get', '/api/v1/business-day');
  return (
    <Dialog title={m.arrears_decide_title({ reference: loan.reference })} onClose={onClose}>
      <Answer of={today}>
        {({ day }) => <Decide loan={loan} offered={offered} alone={alone} day={day} onClose={onClose} />}
      </Answer>
    </Dialog>
  );
}

const WORDS: Record<What, [() => string, () => string]> = {
  pause: [m.arrears_pause, m.arrears_pause_about],
  resume: [m.arrears_resume, m.arrears_resume_about],
  propose: [m.arrears_propose, m.arrears_propose_about],
  confirm: [m.arrears_confirm, m.arrears_confirm_about],
  refuse: [m.arrears_refuse, m.arrears_refuse_about],
};

function Decide({ loan, offered, alone, day, onClose }: Props & { day: string }) {
  const [what, setWhat] = useState<What>(offered[0] ?? 'pause');
  const [lastDay, setLastDay] = useState('');
  const commands = {
    pause: useCommand(PausePenalties),
    resume: useCommand(ResumePenalties),
    propose: useCommand(ProposeWriteOff),
    confirm: useCommand(ConfirmWriteOff),
    refuse: useCommand(RefuseWriteOff),
  };
  const form = useFields(what === 'confirm' ? ConfirmWriteOff : PausePenalties, { first_day: day, reason: '' });
  const used = commands[what];
  const send = form.onSubmit(async ({ first_day, reason }) => {
    const path = { loan_id: loan.loan_id };
    const done =
      what === 'pause'
        ? await commands.pause.send({ path, body: { first_day, last_day: lastDay || null, reason } })
        : what === 'confirm'
          ? await commands.confirm.send({ path, body: { reason: reason || null } })
          : await commands[what].send({ path, body: { reason } });
    if (done) onClose();
    else showErrors(form, used.problem);
  });
  return (
    <form className="stack" onSubmit={send} noValidate>
      {offered.length > 1 && (
        <NativeSelect
          label={m.schedule_change_what()}
          data={offered.map((each) => ({ value: each, label: WORDS[each][0]() }))}
          value={what}
          onChange={(event) => setWhat(event.currentTarget.value as What)}
        />
      )}
      <p className="mute">{WORDS[what][1]()}</p>
      {what === 'pause' && (
        <>
          <DateInput label={m.arrears_first_day()} required {...form.getInputProps('first_day')} />
          <DateInput label={m.arrears_last_day()} value={lastDay} onChange={setLastDay} />
        </>
      )}
      {(what !== 'confirm' || alone) && (
        <Textarea
          label={m.servicing_reason()}
          description={what === 'confirm' ? m.arrears_alone_about() : undefined}
          autosize
          minRows={2}
          {...limits(what === 'confirm' ? ConfirmWriteOff : PausePenalties, 'reason')}
          {...form.getInputProps('reason')}
        />
      )}
      <Outcome of={used} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={used.pending}>
          {WORDS[what][0]()}
        </Button>
      </Actions>
    </form>
  );
}
