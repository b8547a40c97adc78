import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { counted } from '~/lib/count';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, NextAction } from '~/ui/card';
import { Answer } from '~/ui/states';
import s from './payments.module.css';

type Loan = components['schemas']['LoanEntry'];
type Balance = components['schemas']['LoanBalance'];

// Few are put on notice: it comes with those who are.
const DefaultSaid = lazy(() => import('./default-said').then((it) => ({ default: it.DefaultSaid })));

/** The next amount, and what to write on the transfer. */
export function ToPay({ loan }: { loan: Loan }) {
  const account = api.useQuery('get', '/api/v1/loans/{loan_id}/account', {
    params: { path: { loan_id: loan.loan_id } },
  });
  return (
    <Answer of={account} rows={4}>
      {(of) => (
        <>
          <Next of={of} />
          {of.status === 'open' && (of.overdue > 0 || of.noticed_until || of.accelerated_on) && (
            <Suspense fallback={null}>
              <DefaultSaid loan={of.loan_id} late={of.overdue} />
            </Suspense>
          )}
          {of.overpaid > 0 && (
            <Card title={m.payments_overpaid({ amount: money(of.overpaid, of.currency) })}>
              <p>{m.loan_overpaid_about({ amount: money(of.overpaid, of.currency) })}</p>
            </Card>
          )}
          {of.status !== 'repaid' && of.status !== 'recovered' && <HowToPay reference={loan.reference} />}
        </>
      )}
    </Answer>
  );
}

function Next({ of }: { of: Balance }) {
  const schedule = (
    <Button
      renderRoot={(props) => <Link to="/loans/$loanId" params={{ loanId: of.loan_id }} hash="schedule" {...props} />}
    >
      {m.home_see_schedule()}
    </Button>
  );
  if (of.overdue > 0) {
    return (
      <NextAction
        about={m.home_next_late()}
        value={money(of.overdue, of.currency)}
        hint={counted(of.days_past_due, m.payments_late_day, m.payments_late_days)}
      >
        {schedule}
      </NextAction>
    );
  }
  if (of.next_due_on && of.next_due > 0) {
    return (
      <NextAction
        about={m.home_next()}
        value={money(of.next_due, of.currency)}
        hint={m.payments_until({ day: date(of.next_due_on) })}
      >
        {schedule}
      </NextAction>
    );
  }
  const covered = of.next_due_on !== null && of.status !== 'repaid';
  return (
    <NextAction
      about={m.home_next()}
      value={money(0, of.currency)}
      hint={covered ? m.payments_covered({ day: date(of.next_due_on ?? '') }) : m.payments_all_paid()}
    >
      {schedule}
    </NextAction>
  );
}

function HowToPay({ reference }: { reference: string }) {
  const house = api.useQuery('get', '/api/v1/organisation');
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(reference).then(() => setCopied(true));
  return (
    <Card title={m.payments_how()}>
      <div className={s.how}>
        <p>{m.payments_how_about()}</p>
        <div className={s.reference}>
          <span>
            <small>{m.payments_reference()}</small>
            <b className="num">{reference}</b>
          </span>
          <Button variant="default" onClick={copy}>
            <span role="status">{copied ? m.copied() : m.copy()}</span>
          </Button>
        </div>
        <Answer of={house} rows={1}>
          {(of) => <p className="mute">{m.payments_contact({ name: of.legal_name, contact: of.contact_line })}</p>}
        </Answer>
      </div>
    </Card>
  );
}
