import type { components } from '~/api/schema';
import { moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import type { Tone } from '~/ui/status';

export type Payee = components['schemas']['PayeeLine'];

/** An IBAN in groups of four, as banks print it. */
export const spaced = (iban: string) => iban.replace(/\s/g, '').replace(/(.{4})(?=.)/g, '$1\u00a0');

/** Where the money goes, in one line. */
export const destination = (payee: Pick<Payee, 'destination' | 'iban' | 'operator' | 'phone'>) =>
  payee.destination === 'bank-account' ? spaced(payee.iban ?? '—') : `${payee.operator ?? '—'} ${payee.phone ?? ''}`;

/** The one that transfers go to: the latest of those whose wait is over. */
export const inForce = (payees: readonly Payee[], now: number) =>
  payees
    .filter((each) => each.status === 'confirmed' && each.usable_at !== null && Date.parse(each.usable_at) <= now)
    .sort((one, other) => other.number - one.number)[0];

/** How far a proposal is, in words and in a shape. */
export function payeeState(payee: Payee, current: Payee | undefined, now: number): { tone: Tone; words: string } {
  if (payee.status === 'refused') return { tone: 'dash', words: m.payee_state_refused() };
  if (payee.status === 'proposed') return { tone: 'accent', words: m.payee_state_proposed() };
  if (payee.number === current?.number) return { tone: 'solid', words: m.payee_state_in_force() };
  if (payee.usable_at && Date.parse(payee.usable_at) > now)
    return { tone: 'half', words: m.payee_state_cooling({ at: moment(payee.usable_at) }) };
  return { tone: 'ring', words: m.payee_state_replaced() };
}
