import { api } from '~/api/client';
import type { components } from '~/api/schema';

export type Clock = components['schemas']['LoanClock'];
type Loan = components['schemas']['LoanEntry'];

/** The times that the law gives about a loan, in the order in which they began. */
export const useClocks = (loan: Loan) =>
  api.useQuery('get', '/api/v1/loans/{loan_id}/clocks', { params: { path: { loan_id: loan.loan_id } } });

/** The one of this name that still runs; undefined when none does. */
export const running = (clocks: readonly Clock[] | undefined, name: Clock['name']) =>
  clocks?.find((clock) => clock.name === name && clock.ended_on === null && clock.days_left > 0);

/** The day after the last: from then on it no longer counts. */
export function overOn(clock: Clock): string {
  const day = new Date(`${clock.ends_on}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
