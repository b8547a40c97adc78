import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';
import { EVENTS, type EventName } from './events';

type AnyEvent = components['schemas']['ActivityEntry']['event'];

/** What happens in the house beside loans, contracts and customers: only the back-office hears of it. */
export const HOUSE_EVENTS: Record<Exclude<AnyEvent, EventName>, () => string> = {
  'BusinessDay.Opened': m.event_day_opened,
  'BusinessDay.Closed': m.event_day_closed,
  'Document.Voided': m.event_document_voided,
  'IndexRates.Entered': m.event_index_value_entered,
  'LegalRates.Entered': m.event_legal_rate_entered,
  'LegalRates.Ended': m.event_legal_rate_ended,
  'LoanProduct.Launched': m.event_product_launched,
  'LoanProduct.TermsRevised': m.event_product_revised,
  'LoanProduct.Withdrawn': m.event_product_withdrawn,
  'Organisation.ChartChanged': m.event_organisation_chart,
  'Organisation.ClockSettingsChanged': m.event_organisation_clocks,
  'Organisation.Established': m.event_organisation_established,
  'Organisation.LegalIdentityChanged': m.event_organisation_identity_changed,
  'Organisation.ReturnAddressChanged': m.event_organisation_return_changed,
  'Organisation.FourEyesPolicyProposed': m.event_organisation_policy_proposed,
  'Organisation.FourEyesPolicyChanged': m.event_organisation_policy_changed,
  'Organisation.LimitsProposed': m.event_organisation_limits_proposed,
  'Organisation.LimitsChanged': m.event_organisation_limits_changed,
  'Organisation.ProposalRefused': m.event_organisation_refused,
  'StopSwitch.Installed': m.event_stop_installed,
  'StopSwitch.Pulled': m.event_stop_pulled,
  'StopSwitch.ReleaseAsked': m.event_stop_release_asked,
  'StopSwitch.Released': m.event_stop_released,
};

/** The title of anything that the activity of the house tells. */
export const anyEventTitle = (name: string) =>
  EVENTS[name as EventName]?.() ?? HOUSE_EVENTS[name as keyof typeof HOUSE_EVENTS]?.() ?? name;
