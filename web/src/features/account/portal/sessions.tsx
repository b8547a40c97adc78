import { Button } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { RevokeOtherSessions, RevokeSession } from '~/api/operations';
import { usePages } from '~/api/pages';
import { useCommand } from '~/api/use-command';
import { moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Further, Line, Lines } from '~/ui/lines';
import { Answer } from '~/ui/states';
import { Status } from '~/ui/status';
import { deviceOf } from './device';
import s from './security.module.css';

/** Where one is signed in, and the way to end it. */
export function Sessions() {
  const sessions = usePages('/api/v1/me/sessions', { limit: 20 });
  const end = useCommand(RevokeSession);
  const endOthers = useCommand(RevokeOtherSessions);
  return (
    <Card
      title={m.sessions()}
      aside={
        (sessions.data?.length ?? 0) > 1 && (
          <Button variant="default" loading={endOthers.pending} onClick={() => void endOthers.send({})}>
            {m.sessions_end_others()}
          </Button>
        )
      }
      flush
    >
      <p className={s.about}>{m.sessions_about()}</p>
      <Outcome of={end} />
      <Outcome of={endOthers} />
      <Answer of={sessions}>
        {(items) => (
          <>
            <Lines label={m.sessions()}>
              {items.map((each) => {
                const { browser, system, phone } = deviceOf(each.user_agent);
                const name = browser && system ? m.session_on({ browser, system }) : m.session_unknown();
                return (
                  <Line
                    key={each.session_id}
                    icon={phone ? IconDeviceMobile : IconDeviceDesktop}
                    title={name}
                    hint={m.session_seen({ at: moment(each.last_seen_at), address: each.address })}
                  >
                    {each.current ? (
                      <Status tone="accent">{m.session_this()}</Status>
                    ) : (
                      <Button
                        variant="default"
                        aria-label={m.session_end_of({ name })}
                        loading={end.pending}
                        onClick={() => void end.send({ path: { session_id: each.session_id } })}
                      >
                        {m.session_end()}
                      </Button>
                    )}
                  </Line>
                );
              })}
            </Lines>
            <Further list={sessions} />
          </>
        )}
      </Answer>
    </Card>
  );
}
