import { integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { fieldLabel } from './fields';
import type { Json, State, Stream } from './fold';
import { amount, isAmount, partTotal, said } from './values';

type People = ReadonlyMap<string, string>;
/** `key` names the same fact at every version. */
export type Fact = { key: string; label: string; value: string };
export type Section = { id: string; title: string; facts: Fact[] };
export type Difference = Fact & { before?: string };

const STATUS: Record<string, Record<string, () => string>> = {
  Loan: {
    requested: m.loan_requested,
    declined: m.loan_declined,
    withdrawn: m.loan_withdrawn,
    expired: m.loan_expired,
    'stepped-back': m.loan_stepped_back,
    approved: m.loan_approved,
    ready: m.loan_ready,
    disbursed: m.loan_disbursed,
    returning: m.loan_returning,
    repaid: m.loan_repaid,
  },
  Servicing: { open: m.loan_disbursed, repaid: m.loan_repaid },
  Contract: {
    drafted: m.contract_state_drafted,
    rendered: m.contract_state_rendered,
    sent: m.contract_state_sent,
    returned: m.contract_state_returned,
    signed: m.contract_state_signed,
    expired: m.contract_state_expired,
  },
};
const TITLES: Record<string, () => string> = {
  Loan: m.section_loan,
  Servicing: m.section_servicing,
  Contract: m.section_contract,
  Customer: m.section_customer,
  Contact: m.section_contact,
  Payee: m.section_payee,
};
/** What is shown of each kind, in this order. */
const SHOWN: Record<string, readonly string[]> = {
  Loan: [
    'status',
    'principal',
    'months',
    'rate',
    'purpose',
    'planned_payout_on',
    'requested_by',
    'approved_by',
    'signed_on',
    'value_date',
    'consents',
  ],
  Contract: [
    'status',
    'borrower',
    'borrower_address',
    'principal',
    'rate',
    'months',
    'planned_payout_on',
    'drafted_on',
    'language',
    'lender',
    'sha256',
    'copy_sha256',
    'copy_by',
    'sendings_asked',
    'signed_on',
  ],
  Customer: ['name', 'nature', 'address', 'country', 'language', 'reference'],
  Contact: ['name', 'email', 'phone'],
};

const values = (value: Json | undefined): Json[] =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.values(value) : [];
const minor = (value: Json | undefined) => (isAmount(value) ? value.minor : 0);

function plain(kind: string, state: State, people: People): Fact[] {
  return (SHOWN[kind] ?? []).map((field) => {
    const value = state[field];
    const label = field === 'copy_sha256' ? m.field_copy_sha256() : fieldLabel(field);
    const word = field === 'status' && typeof value === 'string' ? STATUS[kind]?.[value]?.() : undefined;
    return { key: field, label, value: word ?? said(field, value, people) };
  });
}

/** What was paid, counted from the instalments: nobody reads a map of thirty parts. */
function servicing(state: State): Fact[] {
  if (!isAmount(state.principal)) return [];
  const { currency } = state.principal;
  const paid = values(state.paid) as { interest: Json; principal: Json }[];
  const sum = (part: 'interest' | 'principal') => paid.reduce((total, each) => total + minor(each[part]), 0);
  const repayments = (values(state.repayments) as { amount: Json; reversed: Json }[]).filter((each) => !each.reversed);
  const money = (value: number) => amount({ minor: value, currency });
  const many = Array.isArray(state.instalments) ? state.instalments.length : 0;
  return [
    { key: 'status', label: fieldLabel('status'), value: STATUS.Servicing?.[String(state.status)]?.() ?? '—' },
    { key: 'owed', label: m.field_principal_owed(), value: money(minor(state.principal) - sum('principal')) },
    { key: 'principal_paid', label: m.field_principal_paid(), value: money(sum('principal')) },
    { key: 'interest_paid', label: m.field_interest_paid(), value: money(sum('interest')) },
    { key: 'held', label: fieldLabel('advance'), value: money(minor(state.held)) },
    {
      key: 'fallen_due',
      label: m.field_fallen_due(),
      value: m.count_of({ count: integer(Number(state.fallen_due ?? 0)), all: integer(many) }),
    },
    {
      key: 'received',
      label: m.field_received(),
      value: money(repayments.reduce((total, each) => total + minor(each.amount), 0)),
    },
  ];
}

function payee(state: State, people: People): Fact[] {
  const proposals = state.proposals !== null && typeof state.proposals === 'object' ? state.proposals : {};
  return Object.entries(proposals as { [number: string]: { by: Json; usable_at: Json; refused: Json } }).map(
    ([number, each]) => ({
      key: number,
      label: m.payee_proposal({ number }),
      value: each.refused
        ? m.payee_refused()
        : each.usable_at
          ? m.payee_confirmed_from({ at: said('usable_at', each.usable_at, people) })
          : m.payee_proposed_by({ who: said('by', each.by, people) }),
    }),
  );
}

/** The state of a file in words, one section for each of its streams. */
export const sectionsOf = (streams: readonly Stream[], people: People): Section[] =>
  streams.map(({ id, kind, state }) => ({
    id,
    title: TITLES[kind]?.() ?? kind,
    facts:
      kind === 'Servicing' ? servicing(state) : kind === 'Payee' ? payee(state, people) : plain(kind, state, people),
  }));

/** Facts with what they were; those that stayed the same have no `before`. */
export function compared(before: Section | undefined, after: Section): Difference[] {
  return after.facts.map((fact) => {
    const was = before?.facts.find((each) => each.key === fact.key)?.value ?? '—';
    return was === fact.value ? fact : { ...fact, before: was };
  });
}

export type Instalment = {
  number: number;
  dueOn?: string;
  interest: number;
  principal: number;
  /** Fees and insurance. */
  charges: number;
  owed: number;
  paid: number;
  fallenDue: boolean;
  currency: string;
};

/** The schedule as it stood: agreed with the approval, dated and paid from the payout on. */
export function scheduleOf(streams: readonly Stream[]): Instalment[] {
  const find = (kind: string) => streams.find((each) => each.kind === kind)?.state;
  const state = find('Servicing') ?? find('Loan') ?? {};
  if (!Array.isArray(state.instalments)) return [];
  const paid = new Map((values(state.paid) as { number: number }[]).map((part) => [part.number, part]));
  const parts = state.instalments as { principal: Json }[];
  let left = parts.reduce((all, each) => all + minor(each.principal), 0);
  return state.instalments.map((each, at) => {
    const part = each as {
      number?: number;
      due_on?: string;
      interest: Json;
      principal: Json;
      fee?: Json;
      insurance?: Json;
    };
    const number = part.number ?? at + 1;
    const received = paid.get(number) as never;
    left -= minor(part.principal);
    return {
      number,
      dueOn: part.due_on,
      interest: minor(part.interest),
      principal: minor(part.principal),
      charges: minor(part.fee ?? null) + minor(part.insurance ?? null),
      owed: left,
      paid: received ? partTotal(received).minor : 0,
      fallenDue: number <= Number(state.fallen_due ?? 0),
      currency: isAmount(state.principal) ? state.principal.currency : 'EUR',
    };
  });
}
