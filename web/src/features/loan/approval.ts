import type { components } from '~/api/schema';

type Loan = Pick<components['schemas']['LoanEntry'], 'requested_by' | 'customer_id' | 'principal' | 'currency'>;
type House = Pick<components['schemas']['OrganisationLine'], 'policy' | 'limits'>;
type Person = { account_id: string; roles: readonly string[]; customers: readonly string[] | null };

/** What stands in somebody's way to approve a loan; the API has the last word, this says it before it is asked. */
export type Approval = {
  /** Whether they asked for it themselves, or act for the customer. */
  own: boolean;
  /** Their own request, under the policy that lets one person decide, with a reason. */
  alone: boolean;
  /** The most they may approve in this currency, minor units. */
  limit: number;
  above: boolean;
};

export function approvalOf(loan: Loan, me: Person, house: House): Approval {
  // A portfolio of staff is no interest in the customer: only clients act for one.
  const actsFor = me.roles.includes('client') && (me.customers ?? []).includes(loan.customer_id);
  const own = loan.requested_by === me.account_id || actsFor;
  const limits = house.limits.filter(
    (each) => each.operation === 'loan.approve' && me.roles.includes(each.role) && each.currency === loan.currency,
  );
  const limit = Math.max(0, ...limits.map((each) => each.each));
  return { own, alone: own && house.policy === 'single-operator', limit, above: loan.principal > limit };
}

/** A rate as people type it (`6,5`), in basis points; null when it is none. */
export function readRate(typed: string): number | null {
  const plain = typed.replace(/[\s\u00a0\u202f%]/g, '').replace(',', '.');
  return /^\d{1,3}(\.\d{0,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
}

/** Basis points as they are typed: `6,00` in French. */
export const writtenRate = (basisPoints: number, locale: string) =>
  (basisPoints / 100).toFixed(2).replace('.', locale === 'fr' ? ',' : '.');
