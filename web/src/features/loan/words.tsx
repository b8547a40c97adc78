import { m } from '~/paraglide/messages';
import { Status, type Tone } from '~/ui/status';
import type { LoanStatus } from './statuses';

const WORDS: Record<LoanStatus, () => string> = {
  requested: m.loan_requested,
  'counter-offered': m.loan_counter_offered,
  declined: m.loan_declined,
  withdrawn: m.loan_withdrawn,
  expired: m.loan_expired,
  'stepped-back': m.loan_stepped_back,
  approved: m.loan_approved,
  ready: m.loan_ready,
  disbursed: m.loan_disbursed,
  returning: m.loan_returning,
  repaid: m.loan_repaid,
  'written-off': m.loan_written_off,
  recovered: m.loan_recovered,
};
const TONES: Record<LoanStatus, Tone> = {
  requested: 'accent',
  'counter-offered': 'ring',
  declined: 'dash',
  withdrawn: 'dash',
  expired: 'dash',
  'stepped-back': 'dash',
  approved: 'ring',
  ready: 'half',
  disbursed: 'half',
  returning: 'half',
  repaid: 'solid',
  'written-off': 'dash',
  recovered: 'solid',
};

export const loanStatus = (status: string) => WORDS[status as LoanStatus]?.() ?? status;

export const LoanStatusMark = ({ status }: { status: string }) => (
  <Status tone={TONES[status as LoanStatus] ?? 'ring'}>{loanStatus(status)}</Status>
);
