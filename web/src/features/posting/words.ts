import { m } from '~/paraglide/messages';
import type { MOVEMENTS } from './movements';

const MOVEMENT_WORDS: Record<(typeof MOVEMENTS)[number], () => string> = {
  disbursement: m.posting_disbursement,
  'interest-due': m.posting_interest_due,
  repayment: m.posting_repayment,
  'advance-applied': m.posting_advance_applied,
  'repayment-reversed': m.posting_repayment_reversed,
  reallocation: m.posting_reallocation,
};

/** What an entry is about; a word of a newer back end stands as it is. */
export const movementWord = (movement: string) =>
  MOVEMENT_WORDS[movement as keyof typeof MOVEMENT_WORDS]?.() ?? movement;

/** The accounts we post to, as the French chart of accounts calls them. */
const ACCOUNTS: Record<string, () => string> = {
  '2748': m.posting_account_2748,
  '27684': m.posting_account_27684,
  '4681': m.posting_account_4681,
  '5112': m.posting_account_5112,
  '512': m.posting_account_512,
  '530': m.posting_account_530,
  '7626': m.posting_account_7626,
};

export const ACCOUNT_NUMBERS = Object.keys(ACCOUNTS).sort();
export const accountTitle = (number: string) => ACCOUNTS[number]?.() ?? '';
