import { date, integer, rate } from '~/lib/format';
import { type Frequency, term } from '~/lib/term';
import { m } from '~/paraglide/messages';
import { EVENTS, type EventName, eventTitle } from '~/ui/events';
import type { Entry } from './fold';
import { amount, isAmount, isPart, partTotal } from './values';

type Said = (name: string) => unknown;

/** What distinguishes one event from others of its name: the amount, the rate, the reason. */
const DETAILS: Partial<Record<EventName, (said: Said) => string | undefined>> = {
  'Loan.Requested': (said) => join(money(said('principal')), length(said('months'), said('frequency'))),
  'Loan.Approved': (said) => percent(said('rate')),
  'Loan.Declined': (said) => text(said('reason')),
  'Loan.Disbursed': (said) => money(said('amount')),
  'Loan.DrawdownDisbursed': (said) => join(nth(said('number')), money(said('amount'))),
  'Loan.DrawdownsCancelled': (said) => join(money(said('cancelled')), text(said('reason'))),
  'Contract.SignedCopyRefused': (said) => text(said('reason')),
  'Servicing.Opened': (said) => count((said('instalments') as unknown[] | undefined)?.length, m.instalments_count),
  'Servicing.InstalmentFellDue': (said) =>
    join(nth(said('number')), sum(named(said, 'fee', 'insurance', 'interest', 'principal'))),
  'Servicing.RepaymentReceived': (said) => money(said('amount')),
  'Servicing.RepaymentReversed': (said) => join(money(said('amount')), text(said('reason'))),
  'Servicing.Reallocated': (said) => count((said('lines') as unknown[] | undefined)?.length, m.repayments_count),
  'Servicing.Repaid': (said) => money(said('total')),
  'Servicing.WriteOffProposed': (said) => sum(said('would_lose')),
  'Servicing.WrittenOff': (said) => sum(said('lost')),
  'Servicing.LossRestated': (said) => sum(said('lost')),
  'Contact.Added': (said) => text(said('name')),
  'Contact.EmailChanged': (said) => text(said('email')),
  'Customer.DetailsChanged': (said) => text(said('name')),
  'Payee.Proposed': (said) => text(said('holder')),
  'Payee.Refused': (said) => text(said('reason')),
};

const join = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(', ') || undefined;
const money = (value: unknown) => (isAmount(value) ? amount(value) : undefined);
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const percent = (value: unknown) => (typeof value === 'number' ? rate(value) : undefined);
const nth = (value: unknown) => (typeof value === 'number' ? m.number_nth({ number: integer(value) }) : undefined);
const count = (value: unknown, words: (said: { count: string }) => string) =>
  typeof value === 'number' ? words({ count: integer(value) }) : undefined;
const length = (instalments: unknown, frequency: unknown) =>
  typeof instalments === 'number' ? term(instalments, (frequency ?? 'monthly') as Frequency) : undefined;
const named = (said: Said, ...names: string[]) => Object.fromEntries(names.map((name) => [name, said(name)]));
const sum = (value: unknown) => (isPart(value) ? amount(partTotal(value)) : undefined);

/** What happened, in one line. */
export function sentence({ event, fields }: Pick<Entry, 'event' | 'fields'>): string {
  const found = (name: string) => fields.find((each) => each.field === name)?.value;
  const detail = DETAILS[event]?.(found);
  return detail ? m.event_with({ title: eventTitle(event), detail }) : eventTitle(event);
}

/** Who it was, and what a machine answered to. */
export function author({ by, cause }: Pick<Entry, 'by' | 'cause'>): string {
  const who = {
    staff: by.label ?? m.by_lender(),
    client: by.label ?? m.by_client(),
    link: m.by_link(),
    machine: m.by_machine(),
  }[by.kind];
  const named = by.you ? m.by_you() : who;
  const why = cause?.event && cause.event in EVENTS ? eventTitle(cause.event) : undefined;
  return why ? m.by_because({ who: named, why }) : named;
}

export const onDay = (entry: Pick<Entry, 'on'>) => date(entry.on);
