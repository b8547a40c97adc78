import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { components } from '~/api/schema';
import { useLocale } from '~/app/locale';
import { useMay } from '~/app/me';
import { countries, countryName } from '~/lib/countries';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { ExportButton } from '~/ui/export-button';
import { Refine, type Refinement, SearchBox, StateChips } from '~/ui/refine';
import { Empty } from '~/ui/states';
import { asked, type CustomerSearch, type CustomerSort, NATURES } from '../search';
import { natureWord } from './nature';
import { Register } from './register';

type Line = components['schemas']['CustomerLine'];
const route = getRouteApi('/_in/customers/');

/** Everybody we lend to. */
export function Customers() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { locale } = useLocale();
  const registers = useMay('customer.register');
  const change = (next: Partial<CustomerSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const open = useCallback(
    (line: Line) => void navigate({ to: '/customers/$customerId', params: { customerId: line.customer_id } }),
    [navigate],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words of the columns are the language's
  const shown = useMemo(columns, [locale]);
  const { sort, register, ...narrowed } = search;
  const narrow = Object.values(narrowed).some((each) => each !== undefined);
  return (
    <>
      <PageHeader title={m.customers()} about={m.customers_about()}>
        <ExportButton
          path="/api/v1/customers/export"
          params={{ ...asked(search), sort, layout: 'spreadsheet', language: locale }}
          name={m.customers_file()}
        />
        {registers && (
          <Button
            leftSection={<IconUserPlus size={16} stroke={1.6} aria-hidden="true" />}
            onClick={() => change({ register: true })}
          >
            {m.customer_register()}
          </Button>
        )}
      </PageHeader>
      <Card flush>
        <DataTable<Line>
          label={m.customers()}
          path="/api/v1/customers"
          params={asked(search)}
          columns={shown}
          rowKey={keyOf}
          onOpen={open}
          sort={sort ?? 'name'}
          onSort={(by) => change({ sort: by as CustomerSort | undefined })}
          tools={
            <>
              <StateChips
                label={m.field_nature()}
                name="nature"
                value={search.nature}
                all={m.filter_all()}
                options={NATURES.map((each) => [each, natureWord(each)])}
              />
              <SearchBox label={m.customer_search()} value={search.q} onSearch={(q) => change({ q })} />
              <Refine refinements={refinements()} values={search} onChange={change} />
            </>
          }
          empty={
            <Empty title={narrow ? m.customers_none_such() : m.customers_empty()}>
              {narrow ? m.list_widen() : m.customers_empty_about()}
            </Empty>
          }
        />
      </Card>
      {register && registers && (
        <Register
          onClose={() => change({ register: undefined })}
          onDone={(customerId) => void navigate({ to: '/customers/$customerId', params: { customerId } })}
        />
      )}
    </>
  );
}

const keyOf = (line: Line) => line.customer_id;

const refinements = (): Refinement[] => [
  { name: 'country', label: m.field_country(), kind: 'choice', options: countries() },
  { name: 'from', label: m.customer_registered_from(), kind: 'day', said: date },
  { name: 'to', label: m.customer_registered_to(), kind: 'day', said: date },
];

const columns = (): Column<Line>[] => [
  {
    id: 'name',
    header: m.name(),
    sort: 'name',
    cell: (line) => (
      <Link to="/customers/$customerId" params={{ customerId: line.customer_id }}>
        {line.name}
      </Link>
    ),
  },
  { id: 'reference', header: m.field_reference(), sort: 'reference', cell: (line) => line.reference },
  { id: 'nature', header: m.field_nature(), cell: (line) => natureWord(line.nature), wide: true },
  { id: 'country', header: m.field_country(), cell: (line) => countryName(line.country), wide: true },
  {
    id: 'registered',
    header: m.field_registered_on(),
    sort: 'registered_on',
    cell: (line) => date(line.registered_on),
    end: true,
    wide: true,
  },
];
