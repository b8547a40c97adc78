import { keepPreviousData } from '@tanstack/react-query';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { money, percent, writtenAmount } from '~/lib/format';
import { term } from '~/lib/term';
import { m } from '~/paraglide/messages';
import { Kpi, Kpis } from '~/ui/kpi';
import { Answer } from '~/ui/states';

type Loan = components['schemas']['LoanEntry'];
type CostProps = { loan: Loan; rate?: number; start?: string; drawdowns?: Drawn[] };
type Drawn = { on: string; minor: number };

/** What a loan costs, by the contract's own arithmetic: the instalment, the interest, the annual rate. */
export const CostOf = ({ drawdowns, ...asked }: CostProps) =>
  drawdowns?.length ? <CostInParts {...asked} drawdowns={drawdowns} /> : <CostAtOnce {...asked} />;

/** Of a loan that leaves in several parts, whose instalments need not be alike. */
function CostInParts({ loan, rate, drawdowns }: CostProps & { drawdowns: Drawn[] }) {
  const cost = useInParts(loan, rate, drawdowns);
  return (
    <Answer of={cost} rows={2}>
      {({ schedule, currency, periods, interest, total, apr, no_apr }) => (
        <Kpis>
          <Kpi
            label={m.loan_highest_instalment()}
            value={money(Math.max(...schedule.map((each) => each.total)), currency)}
            hint={term(periods, loan.frequency)}
          />
          <Kpi
            label={m.loan_cost()}
            value={money(interest, currency)}
            hint={m.loan_cost_total({ total: money(total, currency) })}
          />
          <Kpi label={m.loan_apr()} value={apr === null ? '—' : percent(apr / 10_000, 2)} hint={no_apr ?? undefined} />
        </Kpis>
      )}
    </Answer>
  );
}

function CostAtOnce({ loan, rate, start }: CostProps) {
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

/** The parts of a loan that were planned with its approval, as a simulation takes them. */
export const plannedParts = (loan: Loan): Drawn[] =>
  loan.drawdowns.map(({ planned_on, amount }) => ({ on: planned_on, minor: amount }));

export function useInParts(loan: Loan, rate: number | null | undefined, drawdowns: Drawn[]) {
  const said = (minor: number) => ({
    amount: writtenAmount(minor, loan.currency),
    currency: loan.currency as 'EUR',
  });
  return api.useQuery(
    'post',
    '/api/v1/loan-simulations',
    {
      body: {
        product_id: loan.product_id,
        principal: said(loan.principal),
        periods: loan.months,
        rate: rate ?? null,
        payout_on: drawdowns[0]?.on ?? null,
        drawdowns: drawdowns.map(({ on, minor }) => ({ on, amount: said(minor) })),
        fixings: [],
        holidays: [],
      },
    },
    { placeholderData: keepPreviousData, retry: false },
  );
}
