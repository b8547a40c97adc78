import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useMay, useMe } from '~/app/me';
import { money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { NextStep } from '~/ui/next-step';
import { approvalOf } from '../approval';

type Loan = components['schemas']['LoanEntry'];

/** Who may decide on this request, before somebody tries: four eyes and limits in words. */
export function WhoDecides({ loan }: { loan: Loan }) {
  const may = useMay('loan.approve');
  const me = useMe();
  const { data: house } = api.useQuery('get', '/api/v1/organisation');
  if (!house || loan.status !== 'requested') return null;
  if (!may) return <NextStep tone="done" title={m.decide_not_you()} />;
  const { own, alone, above, limit } = approvalOf(loan, me, house);
  if (own && !alone) return <NextStep tone="bad" title={m.loan_own_request()} />;
  if (above) return <NextStep tone="bad" title={m.loan_above_limit({ limit: money(limit, loan.currency) })} />;
  if (alone) return <NextStep title={m.decide_alone()} />;
  return <NextStep title={m.next_decide()}>{m.decide_within({ limit: money(limit, loan.currency) })}</NextStep>;
}
