import { Button } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, percent, rate as saidRate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts } from '~/ui/card';
import { lawWord } from '~/ui/law';
import { Rows } from '~/ui/rows';
import { Answer } from '~/ui/states';
import { Status } from '~/ui/status';

type Check = components['schemas']['ApprovalCheck'];
type Question = Check['questions'][number];
type Ceiling = NonNullable<Check['ceiling']>;
type Asked = {
  loanId: string;
  rate?: number;
  start?: string;
  /** When the money leaves in several parts: the day of each, and minor units. */
  drawdowns?: { on: string; minor: number }[];
  /** A reason will be given for deciding on one's own request. */
  alone?: boolean;
};
type CheckProps = Asked & { onRate: (rate: number) => void };

const QUESTIONS: Record<Question['question'], () => string> = {
  request: m.approval_request,
  difference: m.approval_difference,
  'payout-day': m.approval_payout_day,
  person: m.approval_person,
  limit: m.approval_limit,
  ceiling: m.approval_ceiling,
};

/** Everything an approval depends on, asked before it is sent: the annual rate, the ceiling with its source, a checklist. */
export function ApprovalCheck({ onRate, ...asked }: CheckProps) {
  const check = useApprovalCheck(asked);
  return (
    <Answer of={check} rows={4}>
      {(of) => <Checked of={of} onRate={onRate} />}
    </Answer>
  );
}

/** The answer: the annual rate beside its ceiling, and each question. */
export const Checked = ({ of, onRate }: { of: Check; onRate: (rate: number) => void }) => (
  <Card title={m.approval_check()} flush>
    <Proof of={of} onRate={onRate} />
    <Rows rows={of.questions.map((each) => [QUESTIONS[each.question](), <Found key={each.question} of={each} />])} />
  </Card>
);

function useApprovalCheck({ loanId, rate, start, drawdowns, alone }: Asked) {
  return api.useQuery(
    'get',
    '/api/v1/loans/{loan_id}/approval-check',
    {
      params: {
        path: { loan_id: loanId },
        query: {
          ...(rate === undefined ? {} : { rate }),
          ...(start ? { planned_payout_on: start } : {}),
          ...(drawdowns?.length ? { drawdowns: drawdowns.map(({ on, minor }) => `${on}:${minor}`).join() } : {}),
          ...(alone ? { alone } : {}),
        },
      },
    },
    { placeholderData: keepPreviousData, retry: false },
  );
}

const Proof = ({ of, onRate }: { of: Check; onRate: (rate: number) => void }) => (
  <Facts
    facts={[
      [m.loan_apr(), percent(of.apr / 10_000, 2)],
      [
        m.field_ceiling(),
        of.ceiling ? saidRate(of.ceiling.rate) : of.has_ceiling ? m.ceiling_not_entered() : m.ceiling_none(),
      ],
      [m.field_law(), lawWord(of.law)],
      [m.ceiling_source(), of.ceiling ? sourceWords(of.ceiling) : of.law_source],
      ...(of.highest_rate === null
        ? []
        : [[m.ceiling_highest_rate(), <Grant key="grant" rate={of.highest_rate} onRate={onRate} />] as const]),
    ]}
  />
);

const Grant = ({ rate, onRate }: { rate: number; onRate: (rate: number) => void }) => (
  <>
    {saidRate(rate)}{' '}
    <Button variant="default" size="compact-xs" onClick={() => onRate(rate)}>
      {m.ceiling_take_rate()}
    </Button>
  </>
);

/** Where a ceiling is written, and for which days. */
export const sourceWords = ({ source, from_on, until_on }: Pick<Ceiling, 'source' | 'from_on' | 'until_on'>) =>
  until_on
    ? m.ceiling_source_until({ source, from: date(from_on), until: date(until_on) })
    : m.ceiling_source_from({ source, from: date(from_on) });

function Found({ of: { refusal } }: { of: Question }) {
  if (!refusal) return <Status tone="solid">{m.approval_passes()}</Status>;
  return (
    <>
      <Status tone="bad">{refusal.title}</Status> <span className="mute">{refusal.what_to_do}</span>{' '}
      {refusal.type === 'ceiling-not-entered' && (
        <Link to="/legal-rates" className="link">
          {m.legal_rates()}
        </Link>
      )}
    </>
  );
}
