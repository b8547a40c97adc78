import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Answer } from '~/ui/states';
import { storyOf } from '~/ui/story';
import { StoryList } from '~/ui/story-list';
import { ToHistory } from './history-of-loan';
import type { Loan } from './loan-line';

const MOST = 200;

/** Everything that happened to a loan and its contract, as one story. */
export function LoanStory({ loan }: { loan: Loan }) {
  const query = { limit: MOST };
  const own = api.useQuery('get', '/api/v1/loans/{loan_id}/history', {
    params: { path: { loan_id: loan.loan_id }, query },
  });
  const contract = api.useQuery(
    'get',
    '/api/v1/contracts/{contract_id}/history',
    { params: { path: { contract_id: loan.contract_id ?? '' }, query } },
    { enabled: loan.contract_id !== null },
  );
  return (
    <Card title={m.loan_history()} aside={<ToHistory loanId={loan.loan_id} />} flush>
      <Answer of={own} rows={6}>
        {({ items }) => <StoryList label={m.loan_history()} story={storyOf(items, contract.data?.items ?? [])} />}
      </Answer>
    </Card>
  );
}
