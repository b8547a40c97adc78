import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { AddPasskey, BeginPasskey, MakeRecoveryCodes, RemoveFactor } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { makePasskey, passkeysWork } from '~/app/sign-in/passkey';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Confirm } from '~/ui/dialog';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';
import { factorWord } from '../words';
import s from './account.module.css';
import { AddApp } from './add-app';
import { RecoveryCodes } from './recovery-codes';

type Factor = components['schemas']['Factor'];

/** What proves it is oneself, beside the password. */
export function MyFactors() {
  const found = api.useQuery('get', '/api/v1/me/factors');
  const [adding, add] = useState(false);
  const [gone, take] = useState<Factor | null>(null);
  const [codes, show] = useState<string[] | null>(null);
  const begin = useCommand(BeginPasskey);
  const keep = useCommand(AddPasskey);
  const remove = useCommand(RemoveFactor);
  const make = useCommand(MakeRecoveryCodes);
  const withPasskey = async () => {
    const options = await begin.send({});
    const passkey = options && (await makePasskey(options.passkey as Record<string, unknown>));
    if (passkey) await keep.send({ body: { passkey, name: m.factor_passkey_name() } });
  };
  const removeIt = async (factor_id: string) => {
    if (await remove.send({ path: { factor_id } })) take(null);
  };
  return (
    <Card flush title={m.account_factors()}>
      <Answer of={found}>
        {({ factors, recovery_codes_left }) => (
          <>
            <Listing
              label={m.account_factors()}
              rows={factors}
              rowKey={(factor) => factor.id}
              empty={<Empty title={m.account_factors_none()}>{m.account_factors_own_none_about()}</Empty>}
              columns={[
                { id: 'name', header: m.account_name(), cell: (factor) => factor.name },
                { id: 'kind', header: m.account_kind(), cell: (factor) => factorWord(factor.kind), wide: true },
                { id: 'added', header: m.account_added_on(), cell: (factor) => date(factor.added_at), wide: true },
                {
                  id: 'do',
                  header: m.account_todo(),
                  cell: (factor) => (
                    <Button size="xs" variant="default" onClick={() => take(factor)}>
                      {m.account_remove()}
                    </Button>
                  ),
                },
              ]}
            />
            <div className={s.body}>
              <p className="mute">
                {recovery_codes_left === null
                  ? m.account_codes_none()
                  : m.account_codes_left({ count: recovery_codes_left })}
              </p>
              <div className="row">
                <Button variant="default" onClick={() => add(true)}>
                  {m.enrol_app()}
                </Button>
                {passkeysWork() && (
                  <Button variant="default" loading={begin.pending || keep.pending} onClick={() => void withPasskey()}>
                    {m.account_add_passkey()}
                  </Button>
                )}
                <Button
                  variant="default"
                  loading={make.pending}
                  onClick={() => void make.send({}).then((made) => made && show(made.codes))}
                >
                  {m.account_codes_make()}
                </Button>
              </div>
              <Outcome of={begin} />
              <Outcome of={keep} />
              <Outcome of={make} />
            </div>
          </>
        )}
      </Answer>
      {adding && <AddApp onClose={() => add(false)} />}
      {codes && <RecoveryCodes codes={codes} onClose={() => show(null)} />}
      {gone && (
        <Confirm
          title={m.account_remove_title({ name: gone.name })}
          does={m.account_remove()}
          pending={remove.pending}
          onDo={() => void removeIt(gone.id)}
          onClose={() => take(null)}
        >
          <p className="mute">{m.account_remove_own_about()}</p>
          <Outcome of={remove} />
        </Confirm>
      )}
    </Card>
  );
}
