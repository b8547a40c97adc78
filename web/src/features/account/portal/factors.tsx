import { Button } from '@mantine/core';
import { IconDeviceMobile, IconFingerprint } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { api } from '~/api/client';
import { AddPasskey, BeginPasskey, RemoveFactor } from '~/api/operations';
import type { components } from '~/api/schema';
import { entered } from '~/api/session';
import { useCommand } from '~/api/use-command';
import { makePasskey, passkeysWork } from '~/app/sign-in/passkey';
import { moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Line, Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import s from './security.module.css';

// It draws a code to scan: only for whoever adds an app. The question is put only to whoever removes something.
const AddApp = lazy(() => import('./add-app').then((it) => ({ default: it.AddApp })));

const Confirm = lazy(() => import('~/ui/dialog').then((it) => ({ default: it.Confirm })));

type Factor = components['schemas']['Factor'];

/** What is shown besides the password. */
export function Factors() {
  const factors = api.useQuery('get', '/api/v1/me/factors');
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Factor | null>(null);
  const begin = useCommand(BeginPasskey);
  const add = useCommand(AddPasskey);
  const remove = useCommand(RemoveFactor);

  const withPasskey = async () => {
    const options = await begin.send({});
    const passkey = options && (await makePasskey(options.passkey));
    const said = passkey && (await add.send({ body: { passkey, name: m.factor_passkey_name() } }));
    if (said?.session) entered(said.session);
  };
  const drop = async () => {
    if (leaving) await remove.send({ path: { factor_id: leaving.id } });
    setLeaving(null);
  };
  return (
    <Card title={m.factors()} flush>
      <p className={s.about}>{m.factors_about()}</p>
      <Answer of={factors}>
        {({ factors: found }) =>
          found.length === 0 ? (
            <Empty title={m.factors_none()}>{m.factors_none_about()}</Empty>
          ) : (
            <Lines label={m.factors()}>
              {found.map((each) => (
                <Line
                  key={each.id}
                  icon={each.kind === 'totp' ? IconDeviceMobile : IconFingerprint}
                  title={each.name}
                  hint={m.factor_since({ at: moment(each.added_at) })}
                >
                  <Button
                    variant="default"
                    aria-label={m.factor_remove_of({ name: each.name })}
                    onClick={() => setLeaving(each)}
                  >
                    {m.remove()}
                  </Button>
                </Line>
              ))}
            </Lines>
          )
        }
      </Answer>
      <div className={s.foot}>
        <Button
          variant="default"
          leftSection={<IconDeviceMobile size={17} stroke={1.6} aria-hidden="true" />}
          onClick={() => setAdding(true)}
        >
          {m.factor_add_app()}
        </Button>
        {passkeysWork() && (
          <Button
            variant="default"
            leftSection={<IconFingerprint size={17} stroke={1.6} aria-hidden="true" />}
            loading={begin.pending || add.pending}
            onClick={() => void withPasskey()}
          >
            {m.factor_add_passkey()}
          </Button>
        )}
        <Outcome of={begin} />
        <Outcome of={add} />
        <Outcome of={remove} />
      </div>
      <Suspense fallback={null}>
        {adding && <AddApp onClose={() => setAdding(false)} />}
        {leaving && (
          <Confirm
            title={m.factor_remove()}
            does={m.remove()}
            pending={remove.pending}
            onDo={() => void drop()}
            onClose={() => setLeaving(null)}
          >
            <p>{m.factor_remove_about({ name: leaving.name })}</p>
          </Confirm>
        )}
      </Suspense>
    </Card>
  );
}
