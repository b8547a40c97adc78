import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { RemoveFactorOfAnother, RevokeKeyOfAnother, RevokeSessions } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Confirm } from '~/ui/dialog';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';
import { factorWord } from '../words';
import { type Account, changing } from './account-dialog';
import { SessionList } from './session-list';

type Props = { account: Account; may: boolean };

/** How an account gets in: sessions, second factors and keys, each of which can be taken away. */
export const AccountAccess = ({ account, may }: Props) => (
  <>
    {useMay('account.manage') && <Sessions account={account} may={may} />}
    <div className="columns">
      <FactorsOf account={account} may={may} />
      <KeysOf account={account} may={may} />
    </div>
  </>
);

function Sessions({ account, may }: Props) {
  const [asking, ask] = useState(false);
  const revoke = useCommand(RevokeSessions);
  const path = { account_id: account.account_id };
  const sessions = api.useQuery('get', '/api/v1/accounts/{account_id}/sessions', { params: { path } });
  const send = async () => {
    if (await revoke.send({ path })) ask(false);
  };
  const any = (sessions.data?.items.length ?? 0) > 0;
  return (
    <Card
      flush
      title={m.account_sessions()}
      aside={
        may &&
        any && (
          <Button size="xs" variant="default" onClick={() => ask(true)}>
            {m.account_sessions_end_all()}
          </Button>
        )
      }
    >
      <Answer of={sessions}>{(page) => <SessionList sessions={page.items} />}</Answer>
      {asking && (
        <Confirm
          title={m.account_sessions_end_all()}
          does={m.account_sessions_end_all()}
          pending={revoke.pending}
          onDo={() => void send()}
          onClose={() => ask(false)}
        >
          <p className="mute">{m.account_sessions_end_about({ name: account.label })}</p>
          <Outcome of={revoke} />
        </Confirm>
      )}
    </Card>
  );
}

function FactorsOf({ account, may }: Props) {
  const remove = useCommand(RemoveFactorOfAnother);
  const [chosen, choose] = useState<components['schemas']['FactorLine'] | null>(null);
  const send = async (factor_id: string) => {
    const about = changing(account);
    if (await remove.send({ ...about, path: { ...about.path, factor_id } })) choose(null);
  };
  return (
    <Card flush title={m.account_factors()}>
      <Listing
        label={m.account_factors()}
        rows={account.factors}
        rowKey={(factor) => factor.factor_id}
        empty={<Empty title={m.account_factors_none()}>{m.account_factors_none_about()}</Empty>}
        columns={[
          { id: 'name', header: m.account_name(), cell: (factor) => factor.name },
          { id: 'kind', header: m.account_kind(), cell: (factor) => factorWord(factor.kind), wide: true },
          { id: 'added', header: m.account_added_on(), cell: (factor) => date(factor.added_on), wide: true },
          {
            id: 'do',
            header: m.account_todo(),
            cell: (factor) =>
              may && (
                <Button size="xs" variant="default" onClick={() => choose(factor)}>
                  {m.account_remove()}
                </Button>
              ),
          },
        ]}
      />
      {chosen && (
        <Confirm
          title={m.account_remove_title({ name: chosen.name })}
          does={m.account_remove()}
          pending={remove.pending}
          onDo={() => void send(chosen.factor_id)}
          onClose={() => choose(null)}
        >
          <p className="mute">{m.account_remove_factor_about()}</p>
          <Outcome of={remove} />
        </Confirm>
      )}
    </Card>
  );
}

function KeysOf({ account, may }: Props) {
  const revoke = useCommand(RevokeKeyOfAnother);
  const [chosen, choose] = useState<components['schemas']['KeyLine'] | null>(null);
  const send = async (key_id: string) => {
    const about = changing(account);
    if (await revoke.send({ ...about, path: { ...about.path, key_id } })) choose(null);
  };
  return (
    <Card flush title={m.account_keys()}>
      <Listing
        label={m.account_keys()}
        rows={account.keys}
        rowKey={(key) => key.key_id}
        empty={<Empty title={m.account_keys_none()}>{m.account_keys_none_about()}</Empty>}
        columns={[
          { id: 'name', header: m.account_name(), cell: (key) => key.name },
          {
            id: 'permissions',
            header: m.account_permissions(),
            cell: (key) => <span title={key.permissions.join(', ')}>{key.permissions.length}</span>,
            end: true,
          },
          { id: 'expires', header: m.account_expires_on(), cell: (key) => date(key.expires_on), wide: true },
          {
            id: 'do',
            header: m.account_todo(),
            cell: (key) =>
              may && (
                <Button size="xs" variant="default" onClick={() => choose(key)}>
                  {m.account_revoke()}
                </Button>
              ),
          },
        ]}
      />
      {chosen && (
        <Confirm
          title={m.account_revoke_title({ name: chosen.name })}
          does={m.account_revoke()}
          pending={revoke.pending}
          onDo={() => void send(chosen.key_id)}
          onClose={() => choose(null)}
        >
          <p className="mute">{m.account_revoke_about()}</p>
          <Outcome of={revoke} />
        </Confirm>
      )}
    </Card>
  );
}
