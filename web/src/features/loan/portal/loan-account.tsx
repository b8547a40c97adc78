import { api } from '~/api/client';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts } from '~/ui/card';
import { Answer } from '~/ui/states';

/** The sums of a loan, to the cent. */
export function LoanAccount({ loanId }: { loanId: string }) {
  const account = api.useQuery('get', '/api/v1/loans/{loan_id}/account', { params: { path: { loan_id: loanId } } });
  return (
    <Card title={m.loan_account()} flush>
      <Answer of={account}>
        {(of) => (
          <Facts
            facts={[
              [m.loan_account_received(), money(of.received, of.currency)],
              [m.loan_account_principal_paid(), money(of.principal_paid, of.currency)],
              [m.loan_account_interest_paid(), money(of.interest_paid, of.currency)],
              [m.loan_account_interest_all(), money(of.interest, of.currency)],
              [m.loan_account_advance(), money(of.advance - of.overpaid, of.currency)],
              ...(of.overpaid > 0 ? [[m.loan_account_overpaid(), money(of.overpaid, of.currency)] as const] : []),
              [m.loan_account_day(), date(of.value_date)],
            ]}
          />
        )}
      </Answer>
    </Card>
  );
}
