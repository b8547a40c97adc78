import { date, money, rate } from '~/lib/format';
import { term } from '~/lib/term';
import { m } from '~/paraglide/messages';
import { Card, Facts } from '~/ui/card';
import type { Contract } from './stages';

/** What the contract says, in six figures. */
export const ContractFacts = ({ contract }: { contract: Contract }) => (
  <Card title={m.loan_terms()} flush>
    <Facts
      facts={[
        [m.field_principal(), money(contract.principal, contract.currency)],
        [m.field_rate(), rate(contract.rate)],
        [m.loan_kpi_months(), term(contract.months, contract.frequency)],
        [m.my_contract_payout(), date(contract.planned_payout_on)],
      ]}
    />
  </Card>
);
