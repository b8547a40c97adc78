import { Button, Checkbox, NativeSelect, NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { ChangeDueDay, GrantPaymentHoliday, RescheduleLoan } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';

type Loan = Pick<components['schemas']['LoanEntry'], 'loan_id' | 'reference' | 'status'>;
type What = 'due-day' | 'holiday-paid' | 'holiday-carried' | 'reschedule';

/** The button, for whoever may and a loan that is being paid back; nothing otherwise. */
export function ChangeScheduleButton({ loan }: { loan: Loan }) {
  const may = useMay('schedule.change');
  const [open, setOpen] = useState(false);
  if (!may || loan.status !== 'disbursed') return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {m.schedule_change()}
      </Button>
      {open && <ChangeSchedule loan={loan} onClose={() => setOpen(false)} />}
    </>
  );
}

const BOUNDS: Record<What, { least: number; most: number; label: () => string }> = {
  'due-day': { least: 1, most: 31, label: m.schedule_change_day },
  'holiday-paid': { least: 1, most: 24, label: m.schedule_change_months },
  'holiday-carried': { least: 1, most: 24, label: m.schedule_change_months },
  reschedule: { least: 1, most: 360, label: m.schedule_change_instalments },
};

/** Another due day, a payment holiday, another number of instalments: the schedule before stays readable. */
function ChangeSchedule({ loan, onClose }: { loan: Loan; onClose: () => void }) {
  const [what, setWhat] = useState<What>('due-day');
  const [number, setNumber] = useState<number | ''>('');
  const [arrears, setArrears] = useState(false);
  const move = useCommand(ChangeDueDay);
  const pause = useCommand(GrantPaymentHoliday);
  const spread = useCommand(RescheduleLoan);
  const form = useFields(RescheduleLoan, { instalments: 1, takes_in_arrears: false, reason: '' });
  const used = what === 'due-day' ? move : what === 'reschedule' ? spread : pause;
  const send = form.onSubmit(async ({ reason }) => {
    const path = { loan_id: loan.loan_id };
    const count = number || 0;
    const done =
      what === 'due-day'
        ? await move.send({ path, body: { day: count, reason } })
        : what === 'reschedule'
          ? await spread.send({ path, body: { instalments: count, takes_in_arrears: arrears, reason } })
          : await pause.send({
              path,
              body: { instalments: count, interest: what === 'holiday-paid' ? 'paid' : 'carried', reason },
            });
    if (done) onClose();
    else showErrors(form, used.problem);
  });
  const bounds = BOUNDS[what];
  return (
    <Dialog title={m.schedule_change_title({ reference: loan.reference })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{m.schedule_change_about()}</p>
        <NativeSelect
          label={m.schedule_change_what()}
          data={[
            { value: 'due-day', label: m.schedule_change_due_day() },
            { value: 'holiday-paid', label: m.schedule_change_holiday_paid() },
            { value: 'holiday-carried', label: m.schedule_change_holiday_carried() },
            { value: 'reschedule', label: m.schedule_change_reschedule() },
          ]}
          value={what}
          onChange={(event) => setWhat(event.currentTarget.value as What)}
        />
        <NumberInput
          label={bounds.label()}
          min={bounds.least}
          max={bounds.most}
          allowDecimal={false}
          required
          value={number}
          onChange={(value) => setNumber(typeof value === 'number' ? value : '')}
        />
        {what === 'reschedule' && (
          <Checkbox
            label={m.schedule_change_arrears()}
            description={m.schedule_change_arrears_about()}
            checked={arrears}
            onChange={(event) => setArrears(event.currentTarget.checked)}
          />
        )}
        <Textarea
          label={m.servicing_reason()}
          autosize
          minRows={2}
          {...limits(RescheduleLoan, 'reason')}
          {...form.getInputProps('reason')}
        />
        <Outcome of={used} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={used.pending} disabled={number === ''}>
            {m.schedule_change()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
