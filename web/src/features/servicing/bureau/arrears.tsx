import { getRouteApi } from '@tanstack/react-router';
import { api } from '~/api/client';
import { useLocale } from '~/app/locale';
import { useMay } from '~/app/me';
import { m } from '~/paraglide/messages';
import { PageHeader } from '~/ui/card';
import { ExportButton } from '~/ui/export-button';
import { Answer } from '~/ui/states';
import { ArrearsCard } from './arrears-card';
import { LateLoans } from './late-loans';

const route = getRouteApi('/_in/arrears/');

/** What is late, by how long, and what that puts at risk; then the loans themselves. */
export function Arrears() {
  const search = route.useSearch();
  const { locale } = useLocale();
  const may = useMay('loan.read');
  const arrears = api.useQuery('get', '/api/v1/arrears');
  return (
    <>
      <PageHeader title={m.arrears()} about={m.arrears_about()}>
        {may && (
          <ExportButton
            path="/api/v1/arrears/loans/export"
            params={{ sort: 'late_since', ...search, layout: 'spreadsheet', language: locale }}
            name={m.arrears_file()}
          />
        )}
      </PageHeader>
      <Answer of={arrears}>
        {(found) => (
          <div className="stack">
            <ArrearsCard of={found} />
            {may && <LateLoans counts={countsOf(found.buckets, search.currency)} />}
          </div>
        )}
      </Answer>
    </>
  );
}

/** How many loans are in each bucket, of one currency or of all. */
function countsOf(buckets: { bucket: string; currency: string; loans: number }[], currency: string | undefined) {
  const counts: Record<string, number> = {};
  for (const each of buckets)
    if (each.bucket !== 'current' && (!currency || each.currency === currency))
      counts[each.bucket] = (counts[each.bucket] ?? 0) + each.loans;
  return counts;
}
