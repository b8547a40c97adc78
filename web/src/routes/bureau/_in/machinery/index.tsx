import { IconEngine } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { MachineryScreen } from '~/features/machinery/bureau/machinery';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/machinery/')({
  staticData: {
    title: m.machinery,
    nav: { label: m.machinery, icon: IconEngine, group: 'system', order: 110, permission: 'machinery.read' },
  },
  component: MachineryScreen,
});
