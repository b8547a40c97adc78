import { IconCalendarEvent } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { BusinessDays } from '~/features/business-day/bureau/business-days';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/business-days/')({
  staticData: {
    title: m.business_days,
    nav: {
      label: m.business_days,
      icon: IconCalendarEvent,
      group: 'money',
      order: 90,
      permission: 'business-day.read',
    },
  },
  component: BusinessDays,
});
