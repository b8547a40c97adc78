import type { components } from '~/api/schema';

type Payee = components['schemas']['PayeeLine'];

/** Where money goes now: the newest confirmed payee whose time has come. */
export const inForce = (payees: Payee[], now: number): Payee | undefined =>
  payees
    .filter((each) => each.status === 'confirmed' && each.usable_at && Date.parse(each.usable_at) <= now)
    .sort((one, other) => other.number - one.number)[0];

/** Four characters at a time, as it stands on paper. */
export const spaced = (iban: string) => iban.replace(/\s/g, '').replace(/(.{4})(?=.)/g, '$1\u00a0');
