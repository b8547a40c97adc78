import type { ReactNode } from 'react';
import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Back } from '~/ui/back';
import { PageHeader } from '~/ui/card';

/** The frame of a contract's history: which one it is of, and the way back to it. */
export function HistoryOfContract({ contractId, children }: { contractId: string; children: ReactNode }) {
  const { data } = api.useQuery('get', '/api/v1/contracts/{contract_id}', {
    params: { path: { contract_id: contractId } },
  });
  return (
    <>
      <Back to={`/contracts/${contractId}`}>
        {data ? m.my_contract_of({ reference: data.reference }) : m.nav_contracts()}
      </Back>
      <PageHeader title={m.my_history_contract()} about={m.my_history_about()} />
      {children}
    </>
  );
}
