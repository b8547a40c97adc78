import type { components } from '~/api/schema';

export type Contract = components['schemas']['ContractEntry'];
export type Signing = Pick<Contract, 'status' | 'copy_refused_because'>;

/** Where a contract is: 0 being written, 1 to be signed and sent back, 2 being looked at, past the last one when it is signed. */
export const stageOf = ({ status }: Signing): number =>
  ({ drafted: 0, rendered: 1, sent: 1, returned: 2, signed: 4 })[status] ?? 0;

/** Whose turn it is: the client signs and sends back, once more after a refusal. */
export const isToReturn = ({ status }: Signing) => status === 'rendered' || status === 'sent';

export const wasRefused = (contract: Signing) => isToReturn(contract) && contract.copy_refused_because !== null;
