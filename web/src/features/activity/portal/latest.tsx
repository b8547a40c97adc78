import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import { isTold } from '~/ui/told';
import { ActivityRow } from './activity-row';

const SHOWN = 5;
/** More than are shown: some are the machinery's own. */
const ASKED = 12;

/** The last things that happened, for the page where a client arrives. */
export default function LatestActivity() {
  const activity = api.useQuery('get', '/api/v1/activity', { params: { query: { limit: ASKED } } });
  return (
    <Card
      title={m.my_activity()}
      aside={
        <Link to="/activity" className="link">
          {m.my_activity_all()}
        </Link>
      }
      flush
    >
      <Answer of={activity}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={m.my_activity_empty()}>{m.my_activity_empty_about()}</Empty>
          ) : (
            <Lines label={m.my_activity()}>
              {items
                .filter(({ event }) => isTold(event))
                .slice(0, SHOWN)
                .map((entry) => (
                  <ActivityRow key={entry.position} entry={entry} />
                ))}
            </Lines>
          )
        }
      </Answer>
    </Card>
  );
}
