/** What terms can be, in words. */
import { m } from '~/paraglide/messages';

export const kinds = () => [
  { value: 'annuity', label: m.terms_kind_annuity() },
  { value: 'linear', label: m.terms_kind_linear() },
  { value: 'bullet', label: m.terms_kind_bullet() },
  { value: 'flat', label: m.terms_kind_flat() },
];
export const frequencies = () => [
  { value: 'weekly', label: m.terms_frequency_weekly() },
  { value: 'fortnightly', label: m.terms_frequency_fortnightly() },
  { value: 'monthly', label: m.terms_frequency_monthly() },
  { value: 'quarterly', label: m.terms_frequency_quarterly() },
];
export const counts = () => [
  { value: '30E/360', label: m.terms_count_thirty() },
  { value: 'ACT/365F', label: m.terms_count_365() },
  { value: 'ACT/ACT-ISDA', label: m.terms_count_actual() },
];
export const firsts = () => [
  { value: 'with-first', label: m.terms_first_with() },
  { value: 'at-payout', label: m.terms_first_payout() },
  { value: 'spread', label: m.terms_first_spread() },
  { value: 'waived', label: m.terms_first_waived() },
];
export const moves = () => [
  { value: 'none', label: m.terms_move_none() },
  { value: 'following', label: m.terms_move_following() },
  { value: 'modified-following', label: m.terms_move_modified() },
  { value: 'preceding', label: m.terms_move_preceding() },
];
export const calendars = () => [
  { value: '', label: m.terms_calendar_none() },
  { value: 'FR', label: m.terms_calendar_fr() },
  { value: 'CI', label: m.terms_calendar_ci() },
  { value: 'CA-QC', label: m.terms_calendar_qc() },
];
export const insured = () => [
  { value: 'initial', label: m.terms_insured_initial() },
  { value: 'outstanding', label: m.terms_insured_outstanding() },
];
export const halves = () => [
  { value: 'half-even', label: m.terms_half_even() },
  { value: 'half-up', label: m.terms_half_up() },
];
