import type { Described } from '~/api/use-command';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Status, type Tone } from '~/ui/status';
import type { ContractState } from './search';

const WORDS: Record<ContractState, () => string> = {
  drafted: m.contract_state_drafted,
  rendered: m.contract_state_rendered,
  sent: m.contract_state_sent,
  returned: m.contract_state_returned,
  signed: m.contract_state_signed,
  expired: m.contract_state_expired,
};
const TONES: Record<ContractState, Tone> = {
  drafted: 'dash',
  rendered: 'dash',
  sent: 'ring',
  returned: 'accent',
  signed: 'solid',
  expired: 'dash',
};

export const contractState = (status: string) => WORDS[status as ContractState]?.() ?? status;

export const ContractMark = ({ status }: { status: string }) => (
  <Status tone={TONES[status as ContractState] ?? 'ring'}>{contractState(status)}</Status>
);

/** The fields of a contract as people say them, for a conflict. */
export const describeContract: Described = (field, value) => {
  const said = value as never;
  const known: Record<string, [string, () => string]> = {
    status: [m.field_status(), () => contractState(said)],
    copy_received_on: [m.field_copy_received_on(), () => date(said)],
    copy_refused_because: [m.field_reason(), () => said],
    signed_on: [m.field_signed_on(), () => date(said)],
    sent_on: [m.field_sent_on(), () => date(said)],
  };
  const found = known[field];
  return found && { label: found[0], value: value == null ? '—' : found[1]() };
};
