import type { Problem } from '~/api/problem';
import { percent } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Facts } from '~/ui/card';
import { sourceWords } from './approval-check';

type Figures = { apr: number; ceiling: number; source: string; from_on: string; until_on: string | null };

/** The numbers of a refusal for its cost: what the loan would cost, what its law allows, and where that is written. */
export function CeilingRefusal({ problem }: { problem: Problem | null }) {
  if (problem?.type !== 'above-rate-ceiling' || !problem.figures) return null;
  const figures = problem.figures as Figures;
  return (
    <Facts
      facts={[
        [m.loan_apr(), percent(figures.apr / 10_000, 2)],
        [m.field_ceiling(), percent(figures.ceiling / 10_000, 2)],
        [m.ceiling_source(), sourceWords(figures)],
      ]}
    />
  );
}
