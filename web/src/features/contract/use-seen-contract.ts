import { useRef, useState } from 'react';
import { client } from '~/api/client';
import type { components } from '~/api/schema';
import { describeContract } from './words';

type Contract = components['schemas']['ContractEntry'];

/** The contract that a decision is about: as it was when the form was opened, and after a conflict as it is now. */
export function useSeenContract(contract: Contract) {
  const [seen, setSeen] = useState(contract);
  const fresh = useRef<Contract | undefined>(undefined);
  const path = { contract_id: contract.contract_id };
  const reread = async () => {
    const { data } = await client.GET('/api/v1/contracts/{contract_id}', { params: { path } });
    fresh.current = data;
    return data;
  };
  return {
    /** What a decision says of the contract. */
    about: { path, seen, reread, describe: describeContract },
    /** What was shown as changed is known from now on. */
    know: () => {
      if (fresh.current) setSeen(fresh.current);
    },
  };
}
