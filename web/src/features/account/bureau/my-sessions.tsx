import { Button } from '@mantine/core';
import { api } from '~/api/client';
import { RevokeOtherSessions, RevokeSession } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Answer } from '~/ui/states';
import { SessionList } from './session-list';

/** Where one is signed in. */
export function MySessions() {
  const sessions = api.useQuery('get', '/api/v1/me/sessions');
  const end = useCommand(RevokeSession);
  const endOthers = useCommand(RevokeOtherSessions);
  const others = sessions.data?.items.some((session) => !session.current);
  return (
    <Card
      flush
      title={m.account_sessions()}
      aside={
        others && (
          <Button size="xs" variant="default" loading={endOthers.pending} onClick={() => void endOthers.send({})}>
            {m.account_sessions_end_others()}
          </Button>
        )
      }
    >
      <Answer of={sessions}>
        {(page) => (
          <SessionList sessions={page.items} onEnd={({ session_id }) => void end.send({ path: { session_id } })} />
        )}
      </Answer>
      <Outcome of={end} />
      <Outcome of={endOthers} />
    </Card>
  );
}
