import { IconEyeCheck } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { AccessLog } from '~/features/access-log/bureau/access-log';
import { oneOf, text } from '~/lib/search';
import { m } from '~/paraglide/messages';

type LogSearch = {
  decision?: 'allow' | 'deny';
  who?: string;
  resource?: string;
  customer_id?: string;
  from?: string;
  to?: string;
};

export const Route = createFileRoute('/_in/access-log/')({
  validateSearch: (search): LogSearch => ({
    decision: oneOf(search.decision, ['allow', 'deny']),
    who: text(search.who),
    resource: text(search.resource),
    customer_id: text(search.customer_id),
    from: text(search.from),
    to: text(search.to),
  }),
  staticData: {
    title: m.access_log,
    nav: { label: m.access_log, icon: IconEyeCheck, group: 'system', order: 150, permission: 'access.read' },
  },
  component: AccessLog,
});
