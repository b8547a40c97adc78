import { IconBuildingBank } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { OrganisationScreen } from '~/features/organisation/bureau/organisation';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/organisation/')({
  staticData: {
    title: m.organisation,
    nav: {
      label: m.organisation,
      icon: IconBuildingBank,
      group: 'system',
      order: 120,
      permission: 'organisation.read',
    },
  },
  component: OrganisationScreen,
});
