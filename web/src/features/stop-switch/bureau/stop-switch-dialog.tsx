import { Button, Textarea } from '@mantine/core';
import { api, client } from '~/api/client';
import { AskForRelease, PullStopSwitch, ReleaseStopSwitch } from '~/api/operations';
import type { components } from '~/api/schema';
import { type Described, useCommand } from '~/api/use-command';
import { useMe } from '~/app/me';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { limits, showErrors, useFields } from '~/ui/form';

export type Step = 'pull' | 'ask' | 'release';
type Switch = components['schemas']['StopSwitchLine'];

const OPERATIONS = { pull: PullStopSwitch, ask: AskForRelease, release: ReleaseStopSwitch };
const WORDS = {
  pull: [m.stop_switch_pull, m.stop_switch_pull_about],
  ask: [m.stop_switch_ask, m.stop_switch_ask_about],
  release: [m.stop_switch_release, m.stop_switch_release_about],
} as const;

const STATES: Record<string, () => string> = {
  released: m.stop_switch_released,
  pulled: m.stop_switch_pulled,
  'release-asked': m.stop_switch_asked,
};

const describe: Described = (field, value) => {
  const known: Record<string, [string, string]> = {
    status: [m.field_status(), STATES[String(value)]?.() ?? String(value)],
    reason: [m.stop_switch_reason(), String(value ?? '—')],
    release_reason: [m.stop_switch_release_reason(), String(value ?? '—')],
  };
  const found = known[field];
  return found && { label: found[0], value: found[1] };
};

/** One step of the switch, with the reason that stays in the books. */
export function StopSwitchDialog({ step, line, onClose }: { step: Step; line: Switch; onClose: () => void }) {
  const [title, about] = WORDS[step];
  const house = api.useQuery('get', '/api/v1/organisation');
  const own = useMe().account_id === line.release_asked_by;
  const needsReason = step !== 'release' || (own && house.data?.policy === 'single-operator');
  const command = useCommand(OPERATIONS[step]);
  const form = useFields(OPERATIONS[step], { reason: '' });
  const send = form.onSubmit(async ({ reason }) => {
    const done = await command.send({
      body: { reason: reason || null } as { reason: string },
      seen: line,
      reread: async () => (await client.GET('/api/v1/stop-switch')).data,
      describe,
    });
    if (done) onClose();
    else showErrors(form, command.problem);
  });
  return (
    <Dialog title={title()} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p className="mute">{about()}</p>
        {needsReason && (
          <Textarea
            label={step === 'pull' ? m.stop_switch_reason() : m.stop_switch_looked_at()}
            autosize
            minRows={2}
            {...limits(PullStopSwitch, 'reason')}
            {...form.getInputProps('reason')}
          />
        )}
        <Outcome of={command} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={command.pending}>
            {title()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
