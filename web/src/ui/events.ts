import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';

export type EventName = components['schemas']['HistoryEntry']['event'];

/** What happens to loans, contracts and customers, in words; every name that a history can hold is here. */
export const EVENTS: Record<EventName, () => string> = {
  'Contact.Added': m.event_contact_added,
  'Contact.EmailChanged': m.event_contact_email_changed,
  'Contract.Drafted': m.event_contract_drafted,
  'Contract.Rendered': m.event_contract_rendered,
  'Contract.Sent': m.event_contract_sent,
  'Contract.SendingAsked': m.event_contract_sending_asked,
  'Contract.SignedCopyReceived': m.event_contract_copy_received,
  'Contract.SignedCopyRefused': m.event_contract_copy_refused,
  'Contract.Signed': m.event_contract_signed,
  'Contract.Expired': m.event_contract_expired,
  'Customer.Registered': m.event_customer_registered,
  'Customer.DetailsChanged': m.event_customer_details_changed,
  'Loan.Requested': m.event_loan_requested,
  'Loan.Approved': m.event_loan_approved,
  'Loan.Declined': m.event_loan_declined,
  'Loan.Withdrawn': m.event_loan_withdrawn,
  'Loan.Informed': m.event_loan_informed,
  'Loan.ClocksStarted': m.event_loan_clocks_started,
  'Loan.ClockEnded': m.event_loan_clock_ended,
  'Loan.Expired': m.loan_expired,
  'Loan.SteppedBack': m.event_loan_stepped_back,
  'Loan.ContractSigned': m.event_loan_contract_signed,
  'Loan.Disbursed': m.event_loan_disbursed,
  'Loan.Repaid': m.event_loan_repaid,
  'Payee.Begun': m.event_payee_begun,
  'Payee.Proposed': m.event_payee_proposed,
  'Payee.Confirmed': m.event_payee_confirmed,
  'Payee.Refused': m.event_payee_refused,
  'Servicing.Opened': m.event_servicing_opened,
  'Servicing.InstalmentFellDue': m.event_servicing_fell_due,
  'Servicing.RepaymentReceived': m.event_servicing_received,
  'Servicing.RepaymentReversed': m.event_servicing_reversed,
  'Servicing.Reallocated': m.event_servicing_reallocated,
  'Servicing.ScheduleChanged': m.event_servicing_schedule_changed,
  'Servicing.Repaid': m.event_servicing_repaid,
};

/** The title of an event; a name from a newer back end stands as it is. */
export const eventTitle = (name: string) => EVENTS[name as EventName]?.() ?? name;
