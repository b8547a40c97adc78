import { Button } from '@mantine/core';
import { IconCalendarDue, IconFileText, IconHourglass, IconShieldLock, IconSignature } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { counted } from '~/lib/count';
import { begunAt } from '~/lib/draft';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Line, Lines } from '~/ui/lines';
import { Empty } from '~/ui/states';
import s from './home.module.css';
import { type Step, tell } from './steps';

const ICONS: Record<Step['kind'], typeof IconHourglass> = {
  'pay-late': IconCalendarDue,
  'pay-due': IconCalendarDue,
  'return-again': IconSignature,
  'answer-counter-offer': IconFileText,
  'confirm-information': IconFileText,
  'sign-contract': IconSignature,
  'add-factor': IconShieldLock,
  'request-in-review': IconHourglass,
  'copy-in-review': IconHourglass,
  'payout-coming': IconHourglass,
};

/** What waits for whoever is in, the most urgent first; then what they wait for. */
export function ToDo({ steps }: { steps: Step[] }) {
  const mine = steps.filter((step) => step.by === 'you');
  const begun = begunAt('loan-request') !== null;
  const many = mine.length + Number(begun);
  const ours = steps.filter((step) => step.by === 'lender');
  return (
    <Card
      title={m.todo()}
      aside={many > 0 && <span className={s.count}>{counted(many, m.todo_one, m.todo_many)}</span>}
      flush
    >
      {many > 0 ? (
        <Lines label={m.todo()}>
          {mine.map((step, index) => (
            <Doing key={keyOf(step)} step={step} first={index === 0} />
          ))}
          {begun && <Begun first={mine.length === 0} />}
        </Lines>
      ) : (
        <Empty title={m.todo_nothing()}>{m.todo_nothing_about()}</Empty>
      )}
      {ours.length > 0 && (
        <div className={s.waits}>
          <h3>{m.todo_lender()}</h3>
          <Lines label={m.todo_lender()}>
            {ours.map((step) => (
              <Waiting key={keyOf(step)} step={step} />
            ))}
          </Lines>
        </div>
      )}
    </Card>
  );
}

const keyOf = (step: Step) => `${step.kind} ${step.contract_id ?? step.loan_id ?? ''}`;

function Doing({ step, first }: { step: Step; first: boolean }) {
  const { title, hint, does, to, params, search } = tell(step);
  return (
    <Line icon={ICONS[step.kind]} title={title} hint={hint}>
      <Button
        variant={first ? 'filled' : 'default'}
        aria-label={`${does} : ${title}`}
        renderRoot={(props) => <Link {...({ to, params, search } as never as { to: '/' })} {...props} />}
      >
        {does}
      </Button>
    </Line>
  );
}

/** A request that was left halfway, on this device. */
const Begun = ({ first }: { first: boolean }) => (
  <Line icon={IconFileText} title={m.todo_begun()} hint={m.todo_begun_hint()}>
    <Button variant={first ? 'filled' : 'default'} renderRoot={(props) => <Link to="/loans/new" {...props} />}>
      {m.request_resume()}
    </Button>
  </Line>
);

function Waiting({ step }: { step: Step }) {
  const { title, hint, to, params } = tell(step);
  return (
    <Line
      icon={ICONS[step.kind]}
      opens
      title={<Link {...({ to, params } as never as { to: '/' })}>{title}</Link>}
      hint={hint}
    />
  );
}
