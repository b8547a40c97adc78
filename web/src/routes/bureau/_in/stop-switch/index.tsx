import { IconHandStop } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { StopSwitch } from '~/features/stop-switch/bureau/stop-switch';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/stop-switch/')({
  staticData: {
    title: m.stop_switch,
    nav: { label: m.stop_switch, icon: IconHandStop, group: 'money', order: 70, permission: 'stop-switch.read' },
  },
  component: StopSwitch,
});
