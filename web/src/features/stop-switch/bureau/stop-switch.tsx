import { Button } from '@mantine/core';
import { IconHandStop, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useMay, useMe } from '~/app/me';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts, PageHeader } from '~/ui/card';
import { Answer } from '~/ui/states';
import s from './stop-switch.module.css';
import { type Step, StopSwitchDialog } from './stop-switch-dialog';

type Switch = components['schemas']['StopSwitchLine'];

/** Whether money may leave the house: one person stops it, two let it go again. */
export function StopSwitch() {
  const found = api.useQuery('get', '/api/v1/stop-switch');
  const [step, take] = useState<Step | null>(null);
  return (
    <>
      <PageHeader title={m.stop_switch()} about={m.stop_switch_about()} />
      <Answer of={found}>
        {(line) => (
          <div className="stack">
            <State line={line} take={take} />
            {line.status !== 'released' && <Reasons line={line} />}
            {step && <StopSwitchDialog step={step} line={line} onClose={() => take(null)} />}
          </div>
        )}
      </Answer>
    </>
  );
}

function State({ line, take }: { line: Switch; take: (step: Step) => void }) {
  const mayStop = useMay('money.stop');
  const mayRelease = useMay('money.release');
  const own = useMe().account_id === line.release_asked_by;
  const free = line.status === 'released';
  const Icon = free ? IconShieldCheck : IconHandStop;
  return (
    <section className={s.state} data-stopped={!free || undefined}>
      <Icon size={34} stroke={1.4} aria-hidden="true" />
      <div>
        <h2>{free ? m.stop_switch_released() : m.stop_switch_pulled()}</h2>
        <p>
          {free
            ? m.stop_switch_released_about()
            : line.status === 'pulled'
              ? m.stop_switch_pulled_about()
              : own
                ? m.stop_switch_own()
                : m.stop_switch_asked_about()}
        </p>
      </div>
      <div className={s.actions}>
        {line.status !== 'pulled' && mayStop && (
          <Button variant={free ? 'filled' : 'default'} onClick={() => take('pull')}>
            {free ? m.stop_switch_pull() : m.stop_switch_keep()}
          </Button>
        )}
        {line.status === 'pulled' && mayRelease && <Button onClick={() => take('ask')}>{m.stop_switch_ask()}</Button>}
        {line.status === 'release-asked' && mayRelease && (
          <Button onClick={() => take('release')}>{m.stop_switch_release()}</Button>
        )}
      </div>
    </section>
  );
}

const Reasons = ({ line }: { line: Switch }) => (
  <Card flush title={m.stop_switch_why()}>
    <Facts
      facts={[
        [m.stop_switch_reason(), line.restored ? m.stop_switch_restored() : line.reason],
        [m.stop_switch_on(), line.pulled_on && date(line.pulled_on)],
        [m.stop_switch_release_reason(), line.release_reason],
      ]}
    />
  </Card>
);
