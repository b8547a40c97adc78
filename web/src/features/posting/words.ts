import { m } from '~/paraglide/messages';
import type { MOVEMENTS } from './movements';

const MOVEMENT_WORDS: Record<(typeof MOVEMENTS)[number], () => string> = {
  disbursement: m.posting_disbursement,
  'interest-due': m.posting_interest_due,
  'fee-due': m.posting_fee_due,
  'insurance-due': m.posting_insurance_due,
  penalty: m.posting_penalty,
  'interest-accrued': m.posting_interest_accrued,
  'interest-accrued-reversed': m.posting_interest_accrued_reversed,
  repayment: m.posting_repayment,
  'advance-applied': m.posting_advance_applied,
  'schedule-changed': m.posting_schedule_changed,
  'given-back': m.posting_given_back,
  refund: m.posting_refund,
  'write-off': m.posting_write_off,
  recovery: m.posting_recovery,
  provision: m.posting_provision,
  'repayment-reversed': m.posting_repayment_reversed,
  reallocation: m.posting_reallocation,
};

/** What an entry is about; a word of a newer back end stands as it is. */
export const movementWord = (movement: string) =>
  MOVEMENT_WORDS[movement as keyof typeof MOVEMENT_WORDS]?.() ?? movement;

/** The accounts of both charts; those that have the same number have the same title. */
const ACCOUNTS: Record<string, () => string> = {
  '2718': m.posting_account_2718,
  '2748': m.posting_account_2748,
  '2761': m.posting_account_2761,
  '27618': m.posting_account_27618,
  '27684': m.posting_account_27684,
  '276848': m.posting_account_276848,
  '2971': m.posting_account_2971,
  '2974': m.posting_account_2974,
  '4671': m.posting_account_4671,
  '4672': m.posting_account_4672,
  '4673': m.posting_account_4673,
  '4681': m.posting_account_4681,
  '4682': m.posting_account_4682,
  '47111': m.posting_account_47111,
  '47112': m.posting_account_47112,
  '47113': m.posting_account_47113,
  '47121': m.posting_account_47121,
  '47122': m.posting_account_47122,
  '5112': m.posting_account_5112,
  '512': m.posting_account_512,
  '513': m.posting_account_513,
  '521': m.posting_account_521,
  '530': m.posting_account_530,
  '571': m.posting_account_571,
  '6515': m.posting_account_6515,
  '654': m.posting_account_654,
  '68662': m.posting_account_68662,
  '6972': m.posting_account_6972,
  '7072': m.posting_account_7072,
  '7082': m.posting_account_7082,
  '751': m.posting_account_751,
  '7583': m.posting_account_7583,
  '7626': m.posting_account_7626,
  '76268': m.posting_account_76268,
  '7712': m.posting_account_7712,
  '77128': m.posting_account_77128,
  '78662': m.posting_account_78662,
  '7972': m.posting_account_7972,
};

export const ACCOUNT_NUMBERS = Object.keys(ACCOUNTS).sort();
export const accountTitle = (number: string) => ACCOUNTS[number]?.() ?? '';
