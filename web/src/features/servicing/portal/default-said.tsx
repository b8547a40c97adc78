import { api } from '~/api/client';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';

/** What lateness costs by today, and what it means that a loan was put on notice, or is due at once. */
export function DefaultSaid({ loan, late }: { loan: string; late: number }) {
  const { data: found } = api.useQuery('get', '/api/v1/loans/{loan_id}/default', {
    params: { path: { loan_id: loan } },
  });
  if (!found) return null;
  if (found.accelerated_on) {
    return (
      <Card title={m.my_default_accelerated({ day: date(found.accelerated_on) })}>
        <p>{m.my_default_accelerated_about({ amount: money(found.owed_now, found.currency) })}</p>
        <p className="mute">{m.my_default_paid()}</p>
      </Card>
    );
  }
  if (!found.noticed_until || found.noticed_unpaid === 0) {
    if (found.past_due <= late) return null;
    return <p className="mute">{m.my_default_with_penalties({ amount: money(found.past_due, found.currency) })}</p>;
  }
  const until = date(found.noticed_until);
  return (
    <Card title={found.is_over ? m.my_default_over({ until }) : m.my_default_noticed({ until })}>
      <p>{m.my_default_noticed_about({ amount: money(found.past_due, found.currency) })}</p>
      <p className="mute">{m.my_default_paid()}</p>
    </Card>
  );
}
