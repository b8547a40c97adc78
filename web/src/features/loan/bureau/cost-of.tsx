import { keepPreviousData } from '@tanstack/react-query';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { money, percent } from '~/lib/format';
import { term } from '~/lib/term';
import { m } from '~/paraglide/messages';
import { Kpi, Kpis } from '~/ui/kpi';
import { Answer } from '~/ui/states';

type Loan = components['schemas']['LoanEntry'];
type CostProps = { loan: Loan; rate?: number; start?: string };

/** What a loan costs, by the contract's own arithmetic: the instalment, the interest, the annual rate. */
export function CostOf({ loan, rate, start }: CostProps) {
  const cost = useSimulation(loan, rate, start);
  return (
    <Answer of={cost} rows={2}>
      {(of) => (
        <Kpis>
          <Kpi
            label={m.loan_instalment()}
            value={money(of.instalment, of.currency)}
            hint={term(of.months, of.frequency)}
          />
          <Kpi
            label={m.loan_cost()}
            value={money(of.interest, of.currency)}
            hint={m.loan_cost_total({ total: money(of.total, of.currency) })}
          />
          <Kpi
            label={m.loan_apr()}
            value={percent(of.apr / 10_000, 2)}
            hint={of.is_indicative ? m.loan_indicative() : undefined}
          />
        </Kpis>
      )}
    </Answer>
  );
}

export function useSimulation({ product_id, principal, months }: Loan, rate?: number | null, start?: string | null) {
  return api.useQuery(
    'get',
    '/api/v1/loan-products/{product_id}/simulation',
    {
      params: {
        path: { product_id },
        query: { principal, months, ...(rate == null ? {} : { rate }), ...(start ? { start } : {}) },
      },
    },
    { placeholderData: keepPreviousData, retry: false },
  );
}
