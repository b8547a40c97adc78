import { NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { languageName } from '~/lib/countries';
import { date, moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { type Column, DataTable } from '~/ui/data-table';
import { ExportButton } from '~/ui/export-button';
import { Filters } from '~/ui/filters';
import { Empty } from '~/ui/states';
import { STATUSES, TEMPLATES } from '../statuses';
import { MailStatusMark, mailStatus, mailTemplate } from '../words';
import '~/styles/fields.css';

type Mail = components['schemas']['MailEntry'];
const route = getRouteApi('/_in/mails/');

/** Every letter that was asked for, and what became of it. */
export function Mails() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const filtered = Object.values(filters).some(Boolean);
  return (
    <>
      <PageHeader title={m.mails()} about={m.mails_about()}>
        <ExportButton path="/api/v1/mails/export" params={filters} name="mails.csv" />
      </PageHeader>
      <Card flush>
        <DataTable<Mail>
          label={m.mails()}
          path="/api/v1/mails"
          params={filters}
          columns={columns()}
          rowKey={(mail) => mail.notification_id}
          tools={
            <>
              <Filters
                name="status"
                value={filters.status}
                all={m.filter_all()}
                options={STATUSES.map((each) => [each, mailStatus(each)])}
              />
              <NativeSelect
                aria-label={m.mail_template()}
                size="xs"
                value={filters.template ?? ''}
                onChange={(event) => {
                  const template = (event.currentTarget.value || undefined) as typeof filters.template;
                  void navigate({ search: (before) => ({ ...before, template }), replace: true });
                }}
                data={[
                  { value: '', label: m.mail_any_template() },
                  ...TEMPLATES.map((each) => ({ value: each, label: mailTemplate(each) })),
                ]}
              />
            </>
          }
          empty={
            <Empty title={filtered ? m.mails_none_such() : m.mails_none()}>
              {filtered ? m.mails_none_such_about() : m.mails_none_about()}
            </Empty>
          }
        />
      </Card>
    </>
  );
}

const columns = (): Column<Mail>[] => [
  { id: 'at', phone: 'aside', header: m.mail_asked_at(), cell: (mail) => moment(mail.requested_at), wide: true },
  { id: 'template', phone: 'name', header: m.mail_template(), cell: (mail) => mailTemplate(mail.template) },
  {
    id: 'to',
    phone: 'about',
    header: m.mail_to(),
    cell: (mail) => mail.customer_name ?? m.mail_to_account(),
    wide: true,
  },
  { id: 'language', header: m.mail_language(), cell: (mail) => languageName(mail.language), wide: true },
  { id: 'attempts', header: m.mail_attempts(), cell: (mail) => mail.attempts, end: true, wide: true },
  {
    id: 'status',
    phone: 'value',
    header: m.field_status(),
    cell: (mail) => (
      <span title={mail.failed_because ?? undefined}>
        <MailStatusMark status={mail.status} />
      </span>
    ),
  },
  { id: 'sent', header: m.mail_sent_on(), cell: (mail) => (mail.sent_on ? date(mail.sent_on) : '—') },
];
