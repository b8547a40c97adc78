import { Button, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useDeferredValue, useEffect, useRef, useState } from 'react';
import { api } from '~/api/client';
import { ApproveLoan } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { useMe } from '~/app/me';
import { money, rate as saidRate } from '~/lib/format';
import { readRate, writtenRate } from '~/lib/rate';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits } from '~/ui/form';
import { Answer } from '~/ui/states';
import { Status } from '~/ui/status';
import { approvalOf } from '../approval';
import { useSeenLoan } from '../use-seen-loan';
import { ApprovalCheck } from './approval-check';
import { CeilingRefusal } from './ceiling-refusal';
import { CostOf } from './cost-of';
import { drawn, PlanDrawdowns, type Typed, written, wrongPlan } from './plan-drawdowns';

type Loan = components['schemas']['LoanEntry'];
type House = components['schemas']['OrganisationLine'];
type Product = components['schemas']['ProductLine'];
type ApproveProps = {
  loan: Loan;
  onClose: () => void;
  /** Another loan than this one shall be offered. */
  onOther: () => void;
};

/** Says yes: at which rate, and for which day the money is planned. */
export function Approve({ loan, onClose, onOther }: ApproveProps) {
  const house = api.useQuery('get', '/api/v1/organisation');
  const product = api.useQuery('get', '/api/v1/loan-products/{product_id}', {
    params: { path: { product_id: loan.product_id } },
  });
  return (
    <Dialog title={m.loan_approve_title({ reference: loan.reference })} onClose={onClose} wide>
      <Answer of={house}>
        {(organisation) => (
          <Answer of={product}>
            {(offer) => (
              <ApproveForm loan={loan} house={organisation} product={offer} onClose={onClose} onOther={onOther} />
            )}
          </Answer>
        )}
      </Answer>
    </Dialog>
  );
}

function ApproveForm({ loan, house, product, onClose, onOther }: ApproveProps & { house: House; product: Product }) {
  const { locale } = useLocale();
  const way = approvalOf(loan, useMe(), house);
  const { about, know } = useSeenLoan(loan);
  const approve = useCommand(ApproveLoan);
  const [typed, setTyped] = useState(() => writtenRate(product.rate, locale));
  const [day, setDay] = useState('');
  const [rows, setRows] = useState<Typed[]>([]);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  // The dialog is open before the form is known: the focus waits for it.
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    first.current?.focus();
    first.current?.select();
  }, []);
  const rate = readRate(typed);
  const wrongRate =
    rate === null ? m.bounds_pattern() : rate > product.rate ? m.rate_at_most({ rate: saidRate(product.rate) }) : null;
  const wrongRows = wrongPlan(rows, loan.principal, loan.currency);
  const parts = wrongRows ? [] : drawn(rows, loan.currency);
  const start = rows[0]?.on || day || undefined;
  const wrongReason = way.alone && reason.trim().length < 10 ? m.bounds_min_length({ min: '10' }) : null;
  const asked = useDeferredValue(wrongRate ? product.rate : (rate ?? product.rate));
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrongRate || wrongReason || wrongRows) return;
    const drawdowns = written(rows, product.currency as 'EUR');
    const body = {
      rate,
      planned_payout_on: start ?? null,
      reason: way.alone ? reason.trim() : null,
      drawdowns,
    };
    const done = await approve.send({ ...about, body });
    if (done) onClose();
    else know();
  };
  return (
    <form className="stack" onSubmit={send} noValidate>
      <InTheWay loan={loan} way={way} />
      <div className="columns">
        <TextInput
          ref={first}
          label={m.field_rate()}
          description={m.rate_at_most({ rate: saidRate(product.rate) })}
          inputMode="decimal"
          autoComplete="off"
          required
          rightSection={<span className="mute">%</span>}
          value={typed}
          error={wrongRate}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {rows.length === 0 && (
          <DateInput
            label={m.field_planned_payout_on()}
            description={m.loan_payout_day_about()}
            value={day}
            onChange={setDay}
          />
        )}
      </div>
      <PlanDrawdowns currency={loan.currency} rows={rows} onChange={setRows} wrong={tried ? wrongRows : null} />
      {way.alone && (
        <Textarea
          label={m.field_self_approval()}
          description={m.loan_alone_about()}
          rows={2}
          {...limits(ApproveLoan, 'reason')}
          required
          value={reason}
          error={tried && wrongReason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {wrongRows ? (
        <p className="mute">{m.drawdowns_figures_wait()}</p>
      ) : (
        <>
          <CostOf loan={loan} rate={asked} start={start} drawdowns={parts} />
          <ApprovalCheck
            loanId={loan.loan_id}
            rate={asked}
            start={start}
            drawdowns={parts}
            alone={way.alone}
            onRate={(highest) => setTyped(writtenRate(highest, locale))}
          />
        </>
      )}
      <Outcome of={approve} />
      <CeilingRefusal problem={approve.problem} />
      <Actions>
        <Button variant="subtle" onClick={onOther}>
          {m.counter_offer()}
        </Button>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={approve.pending}>
          {m.loan_approve()}
        </Button>
      </Actions>
    </form>
  );
}

/** The rule that will refuse, said before anything is sent. */
function InTheWay({ loan, way }: { loan: Loan; way: ReturnType<typeof approvalOf> }) {
  if (way.own && !way.alone) return <Status tone="bad">{m.loan_own_request()}</Status>;
  if (!way.above) return null;
  return <Status tone="bad">{m.loan_above_limit({ limit: money(way.limit, loan.currency) })}</Status>;
}
