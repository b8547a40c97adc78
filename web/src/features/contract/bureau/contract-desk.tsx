import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useLocale } from '~/app/locale';
import { date } from '~/lib/format';
import { titled } from '~/lib/titled';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { DataTable } from '~/ui/data-table';
import { ExportButton } from '~/ui/export-button';
import { Refine, type Refinement, SearchBox, StateChips } from '~/ui/refine';
import { Empty } from '~/ui/states';
import { asked, type ContractSearch, type ContractSort, STATES } from '../search';
import { contractState } from '../words';
import { contractColumns } from './contract-columns';

type Line = components['schemas']['ContractEntry'];
const route = getRouteApi('/_in/contracts/');

/** Every contract, from the draft to the signature; the copies that came back wait here. */
export function ContractDesk() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { locale } = useLocale();
  const filters = asked(search);
  const counts = api.useQuery('get', '/api/v1/contracts/counts', { params: { query: filters } });
  const change = (next: Partial<ContractSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const open = useCallback(
    (line: Line) => void navigate({ to: '/contracts/$contractId', params: { contractId: line.contract_id } }),
    [navigate],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words of the columns are the language's
  const columns = useMemo(contractColumns, [locale]);
  const { status, sort, ...narrowed } = search;
  const narrow = status !== undefined || Object.values(narrowed).some((each) => each !== undefined);
  return (
    <>
      <PageHeader title={m.contract_desk()} about={m.contract_desk_about()}>
        <ExportButton
          path="/api/v1/contracts/export"
          params={{ ...filters, status, sort, layout: 'spreadsheet', language: locale }}
          name={m.contract_desk_file()}
        />
      </PageHeader>
      <Card flush>
        <DataTable<Line>
          label={m.contract_desk()}
          path="/api/v1/contracts"
          params={{ ...filters, status }}
          columns={columns}
          rowKey={keyOf}
          onOpen={open}
          sort={sort ?? '-drafted_on'}
          onSort={(by) => change({ sort: by as ContractSort | undefined })}
          tools={
            <>
              <StateChips
                label={m.field_status()}
                name="status"
                value={status}
                all={m.filter_all()}
                options={STATES.map((each) => [each, contractState(each)])}
                counts={counts.data?.counts}
                most={counts.data?.most}
              />
              <SearchBox label={m.loan_search()} value={search.q} onSearch={(q) => change({ q })} />
              <Refine refinements={useRefinements()} values={search} onChange={change} />
            </>
          }
          empty={
            <Empty title={narrow ? m.contract_desk_none_such() : m.contract_desk_empty()}>
              {narrow ? m.list_widen() : m.contract_desk_empty_about()}
            </Empty>
          }
        />
      </Card>
    </>
  );
}

const keyOf = (line: Line) => line.contract_id;

function useRefinements(): Refinement[] {
  const { data } = api.useQuery('get', '/api/v1/loan-products');
  const options = (data ?? []).map((each) => ({ value: each.product_id, label: titled(each.title_fr, each.title_en) }));
  return [
    { name: 'product', label: m.field_product(), kind: 'choice', options },
    { name: 'from', label: m.contract_drafted_from(), kind: 'day', said: date },
    { name: 'to', label: m.contract_drafted_to(), kind: 'day', said: date },
  ];
}
