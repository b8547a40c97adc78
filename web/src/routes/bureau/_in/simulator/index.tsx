import { IconCalculator } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Simulator } from '~/features/loan-product/bureau/simulator';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/simulator/')({
  staticData: {
    title: m.simulator,
    nav: { label: m.simulator, icon: IconCalculator, group: 'lending', order: 45, permission: 'product.read' },
  },
  component: Simulator,
});
