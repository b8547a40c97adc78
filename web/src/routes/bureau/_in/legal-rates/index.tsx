import { IconScale } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { LegalRates } from '~/features/legal-rates/bureau/legal-rates';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/legal-rates/')({
  staticData: {
    title: m.legal_rates,
    nav: { label: m.legal_rates, icon: IconScale, group: 'lending', order: 50, permission: 'legal-rates.read' },
  },
  component: LegalRates,
});
