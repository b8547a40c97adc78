import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useLocale } from '~/app/locale';
import { CURRENCIES } from '~/lib/currencies';
import { date } from '~/lib/format';
import { titled } from '~/lib/titled';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { DataTable } from '~/ui/data-table';
import { ExportButton } from '~/ui/export-button';
import { Refine, type Refinement, SearchBox, StateChips } from '~/ui/refine';
import { Empty } from '~/ui/states';
import { asked, type LoanSearch, type LoanSort } from '../search';
import { STATUSES } from '../statuses';
import { loanStatus } from '../words';
import { loanColumns } from './loan-columns';

type Line = components['schemas']['LoanEntry'];
const route = getRouteApi('/_in/loans/');

/** Every loan on one line. What is seen, counted and exported is what the address says. */
export function LoanBook() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { locale } = useLocale();
  const filters = asked(search);
  const counts = api.useQuery('get', '/api/v1/loans/counts', { params: { query: filters } });
  const change = (next: Partial<LoanSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const open = useCallback(
    (line: Line) => void navigate({ to: '/loans/$loanId', params: { loanId: line.loan_id } }),
    [navigate],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words of the columns are the language's
  const shown = useMemo(loanColumns, [locale]);
  const { status, sort, ...narrowed } = search;
  const narrow = status !== undefined || Object.values(narrowed).some((each) => each !== undefined);
  return (
    <>
      <PageHeader title={m.loan_book()} about={m.loan_book_about()}>
        <ExportButton
          path="/api/v1/loans/export"
          params={{ ...filters, status, sort, layout: 'spreadsheet', language: locale }}
          name={m.loan_book_file()}
        />
      </PageHeader>
      <Card flush>
        <DataTable<Line>
          label={m.loan_book()}
          path="/api/v1/loans"
          params={{ ...filters, status }}
          columns={shown}
          rowKey={keyOf}
          onOpen={open}
          sort={sort ?? '-requested_on'}
          onSort={(by) => change({ sort: by as LoanSort | undefined })}
          total={totalOf(counts.data, status)}
          tools={
            <>
              <StateChips
                label={m.field_status()}
                name="status"
                value={status}
                all={m.filter_all()}
                options={STATUSES.map((each) => [each, loanStatus(each)])}
                counts={counts.data?.counts}
                most={counts.data?.most}
              />
              <SearchBox label={m.loan_search()} value={search.q} onSearch={(q) => change({ q })} />
              <Refine refinements={useRefinements()} values={search} onChange={change} />
            </>
          }
          empty={
            <Empty title={narrow ? m.loan_book_none_such() : m.loan_book_empty()}>
              {narrow ? m.list_widen() : m.loan_book_empty_about()}
            </Empty>
          }
        />
      </Card>
    </>
  );
}

const keyOf = (line: Line) => line.loan_id;

function totalOf(answer: components['schemas']['StateCounts'] | undefined, status: string | undefined) {
  if (!answer) return undefined;
  const counted = Object.entries(answer.counts).filter(([state]) => !status || status.split(',').includes(state));
  // A count that was cut off says «that many or more»: then the list itself says how far it was read.
  return counted.some(([, count]) => count >= answer.most) ? undefined : counted.reduce((sum, [, n]) => sum + n, 0);
}

function useRefinements(): Refinement[] {
  const { data } = api.useQuery('get', '/api/v1/loan-products');
  const products = (data ?? []).map((each) => ({
    value: each.product_id,
    label: titled(each.title_fr, each.title_en),
  }));
  return [
    { name: 'overdue', label: m.loan_overdue(), kind: 'flag' },
    { name: 'overpaid', label: m.loan_overpaid(), kind: 'flag' },
    { name: 'product', label: m.field_product(), kind: 'choice', options: products },
    {
      name: 'currency',
      label: m.field_currency(),
      kind: 'choice',
      options: CURRENCIES.map((value) => ({ value, label: value })),
    },
    { name: 'from', label: m.loan_requested_from(), kind: 'day', said: date },
    { name: 'to', label: m.loan_requested_to(), kind: 'day', said: date },
  ];
}
