import { IconAlertTriangle } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Arrears } from '~/features/servicing/bureau/arrears';
import { lateSearch } from '~/features/servicing/late-search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/arrears/')({
  validateSearch: lateSearch,
  staticData: {
    title: m.arrears,
    nav: {
      label: m.arrears,
      icon: IconAlertTriangle,
      group: 'money',
      order: 53,
      permission: 'overview.read',
    },
  },
  component: Arrears,
});
