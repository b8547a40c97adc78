import { getRouteApi } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { useAccountNames } from '~/app/account-names';
import { moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { Filters } from '~/ui/filters';
import { DateInput } from '~/ui/form';
import { Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { accountOf, spanOf } from '../look';
import s from './access-log.module.css';

type Look = components['schemas']['AccessEntry'];
const route = getRouteApi('/_in/access-log/');

/** Who looked at what, and who was refused what. Reading it stands in it. */
export function AccessLog() {
  const { from, to, ...filters } = route.useSearch();
  const navigate = route.useNavigate();
  const named = useAccountNames();
  const filtered = Boolean(from || to || Object.values(filters).some(Boolean));
  const set = (changed: { from?: string; to?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <>
      <PageHeader title={m.access_log()} about={m.access_log_about()} />
      <Card flush>
        <DataTable<Look>
          label={m.access_log()}
          path="/api/v1/access-log"
          params={{ ...filters, ...spanOf(from, to) }}
          columns={columns(named)}
          rowKey={(look) => String(look.entry)}
          tools={
            <>
              <Filters
                name="decision"
                value={filters.decision}
                all={m.filter_all()}
                options={[
                  ['allow', m.access_log_shown()],
                  ['deny', m.access_log_refused()],
                ]}
              />
              <div className={s.span}>
                <DateInput
                  size="xs"
                  aria-label={m.access_log_from()}
                  title={m.access_log_from()}
                  value={from ?? ''}
                  onChange={(day) => set({ from: day || undefined })}
                />
                <DateInput
                  size="xs"
                  aria-label={m.access_log_to()}
                  title={m.access_log_to()}
                  value={to ?? ''}
                  onChange={(day) => set({ to: day || undefined })}
                />
              </div>
            </>
          }
          empty={
            <Empty title={filtered ? m.access_log_none_such() : m.access_log_none()}>
              {filtered ? m.access_log_none_such_about() : m.access_log_none_about()}
            </Empty>
          }
        />
      </Card>
    </>
  );
}

const columns = (named: (id: string | null) => string): Column<Look>[] => [
  { id: 'at', phone: 'aside', header: m.access_log_at(), cell: (look) => moment(look.at) },
  {
    id: 'who',
    phone: 'name',
    header: m.access_log_who(),
    cell: (look) => {
      const account = accountOf(look.who);
      return account ? named(account) : <span className="mono">{look.who.slice(0, 18)}</span>;
    },
  },
  {
    id: 'action',
    phone: 'about',
    header: m.access_log_what(),
    cell: (look) => <span className="mono">{look.action}</span>,
    wide: true,
  },
  {
    id: 'resource',
    header: m.access_log_resource(),
    cell: (look) => (
      <span className="mono" title={look.resource ?? undefined}>
        {look.kind}
        {look.resource && ` ${look.resource.slice(0, 8)}`}
      </span>
    ),
    wide: true,
  },
  { id: 'via', header: m.access_log_via(), cell: (look) => viaWord(look.via), wide: true },
  { id: 'network', header: m.access_log_network(), cell: (look) => look.network, wide: true },
  {
    id: 'decision',
    phone: 'value',
    header: m.access_log_decision(),
    cell: (look) =>
      look.decision === 'allow' ? (
        <Status tone="solid">{m.access_log_shown()}</Status>
      ) : (
        <span title={look.reason ?? undefined}>
          <Status tone="bad">{m.access_log_refused()}</Status>
        </span>
      ),
  },
];

const VIA: Record<string, () => string> = {
  cookie: m.access_log_cookie,
  bearer: m.access_log_bearer,
  key: m.access_log_key,
  link: m.access_log_link,
};
const viaWord = (via: string) => VIA[via]?.() ?? '—';
