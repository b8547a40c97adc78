import { NativeSelect } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { ExportButton } from '~/ui/export-button';
import { Filters } from '~/ui/filters';
import { DateInput } from '~/ui/form';
import { Money } from '~/ui/money';
import { Empty } from '~/ui/states';
import { MOVEMENTS } from '../movements';
import { ACCOUNT_NUMBERS, accountTitle, movementWord } from '../words';
import { LedgerTabs } from './ledger-tabs';
import s from './posting.module.css';

type Line = components['schemas']['JournalLine'];
const route = getRouteApi('/_in/ledger/');

/** The journal in double entry, the latest first. */
export function Journal() {
  const { sort, ...filters } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (changed: Partial<typeof filters>) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const filtered = Object.values(filters).some(Boolean);
  return (
    <>
      <PageHeader title={m.posting_ledger()} about={m.posting_journal_about()}>
        <ExportButton path="/api/v1/ledger/journal/export" params={{ ...filters, sort }} name="journal.csv" />
      </PageHeader>
      <LedgerTabs />
      <Card flush>
        <DataTable<Line>
          label={m.posting_journal()}
          path="/api/v1/ledger/journal"
          params={filters}
          columns={columns()}
          rowKey={(line) => `${line.posting_id}-${line.line}`}
          sort={sort}
          onSort={(to) =>
            void navigate({ search: (before) => ({ ...before, sort: to as typeof sort }), replace: true })
          }
          onOpen={(line) => void navigate({ to: '/ledger/$loanId', params: { loanId: line.about } })}
          tools={
            <>
              <Filters
                name="movement"
                value={filters.movement}
                all={m.filter_all()}
                options={MOVEMENTS.map((each) => [each, movementWord(each)])}
              />
              <div className={s.tools}>
                <NativeSelect
                  aria-label={m.posting_account()}
                  size="xs"
                  value={filters.account ?? ''}
                  onChange={(event) => set({ account: event.currentTarget.value || undefined })}
                  data={[
                    { value: '', label: m.posting_any_account() },
                    ...ACCOUNT_NUMBERS.map((each) => ({ value: each, label: `${each} ${accountTitle(each)}` })),
                  ]}
                />
                <DateInput
                  aria-label={m.posting_from()}
                  title={m.posting_from()}
                  size="xs"
                  value={filters.entry_from ?? ''}
                  onChange={(day) => set({ entry_from: day || undefined })}
                />
                <DateInput
                  aria-label={m.posting_to()}
                  title={m.posting_to()}
                  size="xs"
                  value={filters.entry_to ?? ''}
                  onChange={(day) => set({ entry_to: day || undefined })}
                />
              </div>
            </>
          }
          empty={
            <Empty title={filtered ? m.posting_none_such() : m.posting_none()}>
              {filtered ? m.posting_none_such_about() : m.posting_none_about()}
            </Empty>
          }
        />
      </Card>
    </>
  );
}

const columns = (): Column<Line>[] => [
  { id: 'on', header: m.posting_on(), cell: (line) => date(line.entry_on), sort: 'entry_on', phone: 'about' },
  {
    id: 'label',
    header: m.posting_label(),
    cell: (line) => (
      <Link to="/ledger/$loanId" params={{ loanId: line.about }} className={s.label}>
        {line.label}
      </Link>
    ),
    wide: true,
  },
  {
    id: 'account',
    header: m.posting_account(),
    cell: (line) => (
      <>
        {line.account} <span className="mute">{accountTitle(line.account)}</span>
      </>
    ),
    phone: 'name',
  },
  {
    id: 'debit',
    header: m.posting_debit(),
    cell: (line) => line.debit > 0 && <Money amount={line.debit} currency={line.currency} />,
    end: true,
    phone: 'value',
  },
  {
    id: 'credit',
    header: m.posting_credit(),
    cell: (line) => line.credit > 0 && <Money amount={line.credit} currency={line.currency} />,
    end: true,
    phone: 'aside',
  },
];
