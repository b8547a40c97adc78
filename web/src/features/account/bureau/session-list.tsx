import { Button } from '@mantine/core';
import type { components } from '~/api/schema';
import { moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Listing } from '~/ui/listing';
import { Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { device } from '../device';

type Session = components['schemas']['SessionLine'];
type Props = { sessions: Session[]; onEnd?: (session: Session) => void };

/** Where an account is signed in, the one on screen marked. */
export const SessionList = ({ sessions, onEnd }: Props) => (
  <Listing
    label={m.account_sessions()}
    rows={sessions}
    rowKey={(session) => session.session_id}
    empty={<Empty title={m.account_sessions_none()}>{m.account_sessions_none_about()}</Empty>}
    columns={[
      {
        id: 'device',
        header: m.account_device(),
        cell: (session) => <span title={session.user_agent}>{device(session.user_agent)}</span>,
      },
      { id: 'address', header: m.account_network(), cell: (session) => session.address, wide: true },
      { id: 'began', header: m.account_began_at(), cell: (session) => moment(session.began_at), wide: true },
      { id: 'seen', header: m.account_seen_at(), cell: (session) => moment(session.last_seen_at), wide: true },
      {
        id: 'do',
        header: m.field_status(),
        cell: (session) =>
          session.current ? (
            <Status tone="accent">{m.account_session_this()}</Status>
          ) : onEnd ? (
            <Button size="xs" variant="default" onClick={() => onEnd(session)}>
              {m.account_session_end()}
            </Button>
          ) : (
            <Status tone="solid">{m.account_session_open()}</Status>
          ),
      },
    ]}
  />
);
