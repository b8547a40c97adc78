import type { components } from '~/api/schema';
import type { Tone } from '~/ui/status';

type Machinery = components['schemas']['Machinery'];
type Consumer = components['schemas']['Consumer'];

const SLOW = 30;

/** How a consumer stands, for its mark: parked events want a person, a long wait wants a look. */
export function standing(consumer: Consumer): Tone {
  if (consumer.parked > 0) return 'bad';
  if (consumer.state === 'retiring') return 'dash';
  if (consumer.state === 'building') return 'half';
  return (consumer.waited ?? 0) > SLOW ? 'half' : 'solid';
}

/** What wants attention first: parked, then far behind, then by name. */
export const byUrgency = (consumers: Consumer[]) =>
  [...consumers].sort(
    (one, other) =>
      other.parked - one.parked || (other.behind ?? 0) - (one.behind ?? 0) || (one.name < other.name ? -1 : 1),
  );

/** The longest that anything live has waited for a consumer, in seconds. */
export const longestWait = (machinery: Machinery) =>
  Math.max(0, ...machinery.consumers.map((consumer) => consumer.waited ?? 0));
