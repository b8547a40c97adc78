import { api } from '~/api/client';
import { money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Answer } from '~/ui/states';

/** For whoever stepped back after the payout: what is enough today. */
export function ToReturn({ loanId }: { loanId: string }) {
  const quote = api.useQuery('get', '/api/v1/loans/{loan_id}/early-repayment-quote', {
    params: { path: { loan_id: loanId } },
  });
  return (
    <Card title={m.my_return()}>
      <Answer of={quote}>
        {({ total, currency, parts }) => {
          const interest = parts.find((each) => each.part === 'accrued')?.amount ?? 0;
          return (
            <div className="stack">
              <p>
                <b>{m.my_return_today({ total: money(total, currency) })}</b>
              </p>
              {interest > 0 && <p>{m.my_return_interest({ amount: money(interest, currency) })}</p>}
            </div>
          );
        }}
      </Answer>
    </Card>
  );
}
