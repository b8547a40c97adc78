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
