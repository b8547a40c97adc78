import type { components } from '~/api/schema';

export type Instalment = components['schemas']['ScheduleEntry'];
export type State = 'paid' | 'nothing' | 'late' | 'due' | 'next' | 'upcoming';

/** The instalment that a reader looks for: the first one of which something is to be paid. */
export const nextOf = <I extends { state: string }>(instalments: readonly I[]) =>
  instalments.find((each) => each.state !== 'paid' && each.state !== 'nothing');

/** What is upcoming and comes first is the next one; what has fallen due says so. */
export const stateOf = (instalment: { state: string }, next: boolean): State =>
  next && instalment.state === 'upcoming' ? 'next' : (instalment.state as State);

export const paidParts = (instalments: readonly { state: string }[]) =>
  instalments.filter((each) => each.state === 'paid').length;
