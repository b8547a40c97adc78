import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';
import type { EventName } from './events';

type ActivityName = components['schemas']['ActivityEntry']['event'];

/**
 * What whoever borrows is told of, in their words. Left out is what only the machinery takes note of, and what something
 * beside it says as well. The first page carries these words: no more than are needed.
 */
const TITLES: Partial<Record<EventName | ActivityName, () => string>> = {
  'Contact.Added': m.event_contact_added,
  'Contact.EmailChanged': m.event_contact_email_changed,
  'Contract.Sent': m.event_contract_sent,
  'Contract.SignedCopyReceived': m.event_contract_copy_received,
  'Contract.SignedCopyRefused': m.event_contract_copy_refused,
  'Contract.Signed': m.event_contract_signed,
  'Customer.Registered': m.story_file_opened,
  'Customer.DetailsChanged': m.event_customer_details_changed,
  'Document.Voided': m.event_document_voided,
  'Loan.Requested': m.event_loan_requested,
  'Loan.CounterOffered': m.event_loan_counter_offered,
  'Loan.CounterOfferAccepted': m.event_loan_counter_offer_accepted,
  'Loan.CounterOfferDeclined': m.event_loan_counter_offer_declined,
  'Loan.Approved': m.event_loan_approved,
  'Loan.Declined': m.event_loan_declined,
  'Loan.Withdrawn': m.event_loan_withdrawn,
  'Loan.Informed': m.event_loan_informed,
  'Loan.Expired': m.loan_expired,
  'Loan.SteppedBack': m.event_loan_stepped_back,
  'Loan.ReturnOwed': m.event_loan_return_owed,
  'Loan.CapitalReturned': m.event_loan_capital_returned,
  'Loan.Disbursed': m.event_loan_disbursed,
  'Loan.DrawdownDisbursed': m.event_loan_drawdown_disbursed,
  'Loan.DrawdownsCancelled': m.event_loan_drawdowns_cancelled,
  'Loan.Repaid': m.event_loan_repaid,
  'Loan.Reopened': m.event_loan_reopened,
  'Payee.Proposed': m.event_payee_proposed,
  'Payee.Confirmed': m.event_payee_confirmed,
  'Payee.Refused': m.event_payee_refused,
  'Servicing.InstalmentFellDue': m.story_fell_due,
  'Servicing.RepaymentReceived': m.event_servicing_received,
  'Servicing.RepaymentReversed': m.event_servicing_reversed,
  'Servicing.Reallocated': m.event_servicing_reallocated,
  'Servicing.RateReset': m.event_servicing_rate_reset,
  'Servicing.ScheduleChanged': m.event_servicing_schedule_changed,
  'Servicing.ScheduleRestored': m.event_servicing_schedule_restored,
  'Servicing.NoticeGiven': m.event_servicing_notice_given,
  'Servicing.Accelerated': m.event_servicing_accelerated,
  'Servicing.AccelerationLifted': m.event_servicing_acceleration_lifted,
  'Servicing.OverpaymentRefunded': m.event_servicing_refunded,
  'Servicing.PenaltiesPaused': m.event_servicing_penalties_paused,
  'Servicing.PenaltiesResumed': m.event_servicing_penalties_resumed,
  'Loan.WrittenOff': m.event_loan_written_off,
  'Loan.Recovered': m.event_loan_recovered,
};

/** Events whose title alone says too little: how much it was. */
const OF_MONEY = /^(Loan\.(Requested|Disbursed|DrawdownDisbursed|Repaid)|Servicing\.)/;

export const ownTitle = (event: string) => TITLES[event as keyof typeof TITLES]?.() ?? event;
export const isTold = (event: string) => event in TITLES;
export const isOfMoney = (event: string) => OF_MONEY.test(event);

/** Nobody, where it happened by itself. */
export function whoDid(by: components['schemas']['HistoryEntry']['by']): string | undefined {
  if (by.you) return m.told_by_you();
  if (by.kind === 'client') return m.told_by_other();
  if (by.kind === 'link') return m.told_by_link();
  return by.kind === 'staff' ? m.told_by_lender() : undefined;
}
