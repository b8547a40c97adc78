import { IconFileText } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { ContractDesk } from '~/features/contract/bureau/contract-desk';
import { contractSearch } from '~/features/contract/search';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/contracts/')({
  validateSearch: contractSearch,
  staticData: {
    title: m.contract_desk,
    nav: { label: m.contract_desk, icon: IconFileText, group: 'lending', order: 30, permission: 'contract.read' },
  },
  component: ContractDesk,
});
