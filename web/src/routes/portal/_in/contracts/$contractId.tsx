import { createFileRoute } from '@tanstack/react-router';
import { MyContract } from '~/features/contract/portal/my-contract';
import { ContractDocuments } from '~/features/document/portal/loan-documents';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/contracts/$contractId')({
  staticData: { title: m.nav_contracts },
  component: () => <MyContract documents={(contract) => <ContractDocuments contractId={contract.contract_id} />} />,
});
