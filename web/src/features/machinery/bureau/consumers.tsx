import type { components } from '~/api/schema';
import { duration, integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Status } from '~/ui/status';
import { byUrgency, standing } from '../standing';

type Consumer = components['schemas']['Consumer'];

const STATES: Record<string, () => string> = {
  live: m.machinery_live,
  building: m.machinery_building,
  retiring: m.machinery_retiring,
};

/** Each read model, and the reactions: how far behind the store, and for how long. */
export const Consumers = ({ consumers }: { consumers: Consumer[] }) => (
  <Card flush title={m.machinery_consumers()}>
    <Listing
      label={m.machinery_consumers()}
      rows={byUrgency(consumers)}
      columns={columns()}
      rowKey={(consumer) => consumer.name}
    />
  </Card>
);

const columns = (): Column<Consumer>[] => [
  {
    id: 'name',
    header: m.machinery_consumer(),
    cell: (consumer) => <span title={consumer.name}>{consumer.model ?? m.machinery_reactions()}</span>,
  },
  {
    id: 'state',
    header: m.field_status(),
    cell: (consumer) => (
      <Status tone={standing(consumer)}>
        {consumer.parked
          ? m.machinery_stuck({ count: integer(consumer.parked) })
          : (STATES[consumer.state]?.() ?? consumer.state)}
      </Status>
    ),
  },
  { id: 'version', header: m.machinery_version(), cell: (consumer) => consumer.version ?? '—', end: true, wide: true },
  {
    id: 'position',
    header: m.machinery_position(),
    cell: (consumer) => integer(Number(consumer.position)),
    end: true,
    wide: true,
  },
  {
    id: 'behind',
    header: m.machinery_behind(),
    cell: (consumer) => (consumer.behind == null ? '—' : integer(consumer.behind)),
    end: true,
  },
  {
    id: 'waited',
    header: m.machinery_waited(),
    cell: (consumer) => (consumer.waited == null ? '—' : duration(consumer.waited)),
    end: true,
    wide: true,
  },
];
