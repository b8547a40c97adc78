import { usePages } from '~/api/pages';
import { m } from '~/paraglide/messages';
import { Back } from '~/ui/back';
import { Card, PageHeader } from '~/ui/card';
import { Further, Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import { isTold } from '~/ui/told';
import { ActivityRow } from './activity-row';

const isShown = ({ event }: { event: string }) => isTold(event);

/** Everything that happened, the latest first. */
export function Activity() {
  const activity = usePages('/api/v1/activity', { limit: 30 });
  return (
    <>
      <Back to="/">{m.nav_home()}</Back>
      <PageHeader title={m.my_activity_title()} about={m.my_activity_about()} />
      <Card flush>
        <Answer of={activity} rows={8}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={m.my_activity_empty()}>{m.my_activity_empty_about()}</Empty>
            ) : (
              <>
                <Lines label={m.my_activity_title()}>
                  {items.filter(isShown).map((entry) => (
                    <ActivityRow key={entry.position} entry={entry} />
                  ))}
                </Lines>
                <Further list={activity} />
              </>
            )
          }
        </Answer>
      </Card>
    </>
  );
}
