import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '~/api/client';
import { RetryParked } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useMay } from '~/app/me';
import { integer, moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';
import { LeaveOutDialog } from './leave-out';

type Event = components['schemas']['ParkedEvent'];
const SHOWN = 100;

/** Events that nobody could take: each is tried again once its cause is mended, or left out for a reason. */
export function Parked({ count }: { count: number }) {
  const mayRetry = useMay('event.retry');
  const mayLeave = useMay('event.leave_out');
  const [leaving, leave] = useState<Event | null>(null);
  const retry = useCommand(RetryParked);
  const parked = api.useQuery(
    'get',
    '/api/v1/machinery/parked',
    { params: { query: { limit: SHOWN } } },
    { enabled: count > 0 },
  );
  const again = ({ consumer, stream_id }: Event) => void retry.send({ body: { consumer, stream_id } });
  return (
    <Card flush title={m.machinery_parked()} aside={<span className="mute num">{integer(count)}</span>}>
      {count === 0 ? (
        <Empty title={m.machinery_parked_none()} icon={IconCircleCheck}>
          {m.machinery_parked_none_about()}
        </Empty>
      ) : (
        <Answer of={parked}>
          {(page) => (
            <Listing
              label={m.machinery_parked()}
              rows={page.items}
              columns={columns(mayRetry ? again : undefined, mayLeave ? leave : undefined, retry.pending)}
              rowKey={(event) => `${event.consumer} ${event.stream_id} ${event.version}`}
              empty={<Empty title={m.machinery_parked_none()}>{m.machinery_parked_none_about()}</Empty>}
            />
          )}
        </Answer>
      )}
      <Outcome of={retry} />
      {leaving && <LeaveOutDialog event={leaving} onClose={() => leave(null)} />}
    </Card>
  );
}

type Act = (event: Event) => void;

const columns = (again: Act | undefined, leave: Act | undefined, pending: boolean): Column<Event>[] => [
  { id: 'consumer', header: m.machinery_consumer(), cell: (event) => <span className="mono">{event.consumer}</span> },
  {
    id: 'event',
    header: m.machinery_event(),
    cell: (event) => (
      <span className="mono" title={event.stream_id}>
        {event.event ?? m.machinery_falls_due()} v{event.version}
      </span>
    ),
    wide: true,
  },
  { id: 'cause', header: m.machinery_cause(), cell: (event) => event.cause ?? m.machinery_held(), wide: true },
  { id: 'since', header: m.machinery_parked_at(), cell: (event) => moment(event.parked_at), wide: true },
  {
    id: 'do',
    header: m.machinery_todo(),
    cell: (event) =>
      event.cause && (
        <span className="row">
          {again && (
            <Button size="xs" variant="default" loading={pending} onClick={() => again(event)}>
              {m.machinery_retry()}
            </Button>
          )}
          {leave && event.event && (
            <Button size="xs" variant="default" onClick={() => leave(event)}>
              {m.machinery_leave_out()}
            </Button>
          )}
        </span>
      ),
  },
];
