import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { api } from '~/api/client';
import { MakeRecoveryCodes } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { counted } from '~/lib/count';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Answer } from '~/ui/states';
import s from './security.module.css';

// Read once, when new ones were made.
const ShownCodes = lazy(() => import('./shown-codes').then((it) => ({ default: it.ShownCodes })));

/** For the day when every second factor is lost. */
export function RecoveryCodes() {
  const factors = api.useQuery('get', '/api/v1/me/factors');
  const make = useCommand(MakeRecoveryCodes);
  const [codes, setCodes] = useState<string[] | null>(null);
  const begin = async () => setCodes((await make.send({}))?.codes ?? null);
  return (
    <Card title={m.recovery()} flush>
      <p className={s.about}>{m.recovery_about()}</p>
      <Answer of={factors}>
        {({ recovery_codes_left: left }) => (
          <div className={s.foot}>
            <Button variant="default" loading={make.pending} onClick={() => void begin()}>
              {left === null ? m.recovery_make() : m.recovery_make_anew()}
            </Button>
            {left !== null && <span className="mute">{counted(left, m.recovery_left_one, m.recovery_left)}</span>}
            <Outcome of={make} />
          </div>
        )}
      </Answer>
      {codes && (
        <Suspense>
          <ShownCodes codes={codes} onClose={() => setCodes(null)} />
        </Suspense>
      )}
    </Card>
  );
}
