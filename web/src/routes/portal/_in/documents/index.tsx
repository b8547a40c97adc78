import { IconFolder } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Documents } from '~/features/document/portal/documents';
import { oneOf } from '~/lib/search';
import { m } from '~/paraglide/messages';

const PURPOSES = ['information', 'contract', 'signed-copy', 'schedule', 'quittance'] as const;
type Purpose = (typeof PURPOSES)[number];

export const Route = createFileRoute('/_in/documents/')({
  staticData: {
    title: m.nav_documents,
    nav: { label: m.nav_documents, icon: IconFolder, group: 'tabs', order: 50, permission: 'document.read' },
  },
  validateSearch: (search): { purpose?: Purpose } => ({
    purpose: oneOf(search.purpose, PURPOSES),
  }),
  component: Documents,
});
