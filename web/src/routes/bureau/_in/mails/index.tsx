import { IconMail } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Mails } from '~/features/notification/bureau/mails';
import { STATUSES, TEMPLATES } from '~/features/notification/statuses';
import { oneOf } from '~/lib/search';
import { m } from '~/paraglide/messages';

type MailSearch = { status?: (typeof STATUSES)[number]; template?: (typeof TEMPLATES)[number] };

export const Route = createFileRoute('/_in/mails/')({
  validateSearch: (search): MailSearch => ({
    status: oneOf(search.status, STATUSES),
    template: oneOf(search.template, TEMPLATES),
  }),
  staticData: {
    title: m.mails,
    nav: { label: m.mails, icon: IconMail, group: 'relation', order: 90, permission: 'mail.read' },
  },
  component: Mails,
});
