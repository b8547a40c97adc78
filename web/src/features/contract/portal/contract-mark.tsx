import { m } from '~/paraglide/messages';
import { Status, type Tone } from '~/ui/status';
import { type Signing, wasRefused } from './stages';

const MARKS: Record<string, [Tone, () => string]> = {
  drafted: ['dash', m.my_contract_drafted],
  rendered: ['accent', m.my_contract_to_sign],
  sent: ['accent', m.my_contract_to_sign],
  returned: ['half', m.my_contract_in_review],
  signed: ['solid', m.my_contract_signed],
  expired: ['dash', m.contract_state_expired],
};

/** The state of a contract as its client sees it. */
export function ContractMark({ contract }: { contract: Signing }) {
  if (wasRefused(contract)) return <Status tone="bad">{m.my_contract_to_return_again()}</Status>;
  const [tone, word] = MARKS[contract.status] ?? (['dash', () => contract.status] as const);
  return <Status tone={tone}>{word()}</Status>;
}
