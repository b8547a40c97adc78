import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { AccelerateLoan, GiveNotice, LiftAcceleration } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Facts } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, showErrors, useFields } from '~/ui/form';
import box from '~/ui/proposal.module.css';
import s from './servicing.module.css';

type Loan = Pick<components['schemas']['LoanEntry'], 'loan_id' | 'reference'>;
type Found = components['schemas']['LoanDefault'];
type What = 'notice' | 'accelerate' | 'lift';

/** Where a late loan is: late, put on notice, due at once; and the next step for whoever may take it. */
export function DefaultPanel({ loan }: { loan: Loan }) {
  const may = useMay('loan.accelerate');
  const [deciding, decide] = useState<What | null>(null);
  const { data: found } = api.useQuery('get', '/api/v1/loans/{loan_id}/default', {
    params: { path: { loan_id: loan.loan_id } },
  });
  const house = api.useQuery('get', '/api/v1/organisation', {}, { enabled: may && found?.is_own === true });
  if (!found) return null;
  const alone = found.is_own && house.data?.policy === 'single-operator';
  const [title, about, next] = stage(found);
  const offered = may && next && !(next === 'accelerate' && found.is_own && !alone) ? next : null;
  if (!offered && next === 'notice') return null;
  return (
    <section className={`${box.proposal} ${s.apart}`}>
      <h2>{title}</h2>
      <p className="mute">{next === 'accelerate' && found.is_own && !alone ? m.default_own() : about}</p>
      {next === 'accelerate' && <AtOnce found={found} />}
      {offered && (
        <div className="row">
          <Button variant={offered === 'lift' ? 'default' : 'filled'} onClick={() => decide(offered)}>
            {DOES[offered]()}
          </Button>
        </div>
      )}
      {deciding && <Decide loan={loan} what={deciding} found={found} alone={alone} onClose={() => decide(null)} />}
    </section>
  );
}

const DOES: Record<What, () => string> = {
  notice: m.default_give_notice,
  accelerate: m.default_accelerate,
  lift: m.default_lift,
};

/** What to call where the loan is, what it means, and which step comes next. */
function stage(found: Found): [title: string, about: string, next: What | null] {
  const amount = (minor: number) => money(minor, found.currency);
  if (found.accelerated_on) {
    return [
      m.default_accelerated({ day: date(found.accelerated_on) }),
      m.default_accelerated_about({ amount: amount(found.owed_now) }),
      'lift',
    ];
  }
  if (found.noticed_until && found.noticed_unpaid > 0) {
    const until = date(found.noticed_until);
    if (!found.is_over) return [m.default_noticed({ until }), m.default_noticed_about(), null];
    if (found.may_accelerate) return [m.default_unheeded({ until }), m.default_unheeded_about(), 'accelerate'];
    return [m.default_unheeded({ until }), m.default_not_yet(), null];
  }
  const late = m.default_late({
    amount: amount(found.past_due),
    since: m.servicing_days({ count: found.days_past_due }),
  });
  return [late, m.default_late_about(), found.at_once ? 'notice' : null];
}

/** What everything comes to today. */
const AtOnce = ({ found: { at_once, currency } }: { found: Found }) =>
  at_once && (
    <Facts
      facts={[
        [m.default_overdue(), money(at_once.overdue, currency)],
        [m.default_principal(), money(at_once.principal, currency)],
        [m.default_interest(), money(at_once.interest, currency)],
        [m.default_indemnity(), money(at_once.indemnity, currency)],
        [m.default_total(), <b key="total">{money(at_once.total, currency)}</b>],
      ]}
    />
  );

type DecideProps = { loan: Loan; what: What; found: Found; alone: boolean; onClose: () => void };

function Decide({ loan, what, found, alone, onClose }: DecideProps) {
  const path = { loan_id: loan.loan_id };
  const notice = useCommand(GiveNotice);
  const accelerate = useCommand(AccelerateLoan);
  const lift = useCommand(LiftAcceleration);
  const form = useFields(AccelerateLoan, { grounds: '', reason: '' });
  const [until, setUntil] = useState(found.first_until);
  const used = { notice, accelerate, lift }[what];
  const send = form.onSubmit(async ({ grounds, reason }) => {
    const done =
      what === 'notice'
        ? await notice.send({ path, body: { until } })
        : what === 'lift'
          ? await lift.send({ path, body: { reason: grounds } })
          : await accelerate.send({ path, body: { grounds, reason: alone ? reason : null } });
    if (done) onClose();
    else showErrors(form, used.problem);
  });
  return (
    <Dialog title={m.default_title({ reference: loan.reference })} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{ABOUT[what]()}</p>
        {what === 'accelerate' && <AtOnce found={found} />}
        {what === 'notice' ? (
          <DateInput label={m.default_until()} min={found.first_until} required value={until} onChange={setUntil} />
        ) : (
          <Textarea
            label={m.servicing_reason()}
            autosize
            minRows={2}
            {...limits(AccelerateLoan, 'grounds')}
            {...form.getInputProps('grounds')}
          />
        )}
        {what === 'accelerate' && alone && (
          <Textarea
            label={m.default_alone()}
            autosize
            minRows={2}
            {...limits(AccelerateLoan, 'reason')}
            {...form.getInputProps('reason')}
          />
        )}
        <Outcome of={used} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={used.pending}>
            {DOES[what]()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

const ABOUT: Record<What, () => string> = {
  notice: m.default_notice_about,
  accelerate: m.default_accelerate_about,
  lift: m.default_lift_about,
};
