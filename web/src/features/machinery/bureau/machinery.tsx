import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, duration, integer, moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts, PageHeader } from '~/ui/card';
import { Kpi, Kpis } from '~/ui/kpi';
import { Listing } from '~/ui/listing';
import { Answer } from '~/ui/states';
import { Status } from '~/ui/status';
import { longestWait } from '../standing';
import { Consumers } from './consumers';
import { Parked } from './parked';

type Machinery = components['schemas']['Machinery'];
const EVERY = 5_000;

/** What runs, how far everything is, and what waits for a person; read again by itself. */
export function MachineryScreen() {
  const machinery = api.useQuery('get', '/api/v1/machinery', undefined, {
    // Who was refused is not refused again every few seconds.
    refetchInterval: ({ state }) => state.data !== undefined && EVERY,
  });
  return (
    <>
      <PageHeader title={m.machinery()} about={m.machinery_about()} />
      <Answer of={machinery} rows={10}>
        {(state) => (
          <div className="stack">
            <Strip state={state} />
            <Parked count={state.parked} />
            <Consumers consumers={state.consumers} />
            <div className="columns">
              <Checks state={state} />
              <About state={state} />
            </div>
          </div>
        )}
      </Answer>
    </>
  );
}

const HEALTH = { ok: m.machinery_ok, degraded: m.machinery_degraded, failed: m.machinery_failed };
const MARK = { ok: 'solid', degraded: 'half', failed: 'bad' } as const;

const Strip = ({ state }: { state: Machinery }) => (
  <Kpis>
    <Kpi label={m.machinery_state()} value={HEALTH[state.status]()} hint={moment(state.now)} />
    <Kpi label={m.machinery_wait()} value={duration(longestWait(state))} hint={m.machinery_wait_about()} />
    <Kpi
      label={m.machinery_parked()}
      value={integer(state.parked)}
      hint={state.parked ? m.machinery_parked_some() : m.machinery_parked_none()}
    />
    <Kpi
      label={m.machinery_jobs()}
      value={integer((state.jobs.todo ?? 0) + (state.jobs.doing ?? 0))}
      hint={m.machinery_jobs_waiting({ count: integer(state.jobs.waiting ?? 0) })}
    />
  </Kpis>
);

const Checks = ({ state }: { state: Machinery }) => (
  <Card flush title={m.machinery_checks()}>
    <Listing
      label={m.machinery_checks()}
      rows={state.checks}
      rowKey={(check) => check.name}
      columns={[
        { id: 'name', header: m.machinery_check(), cell: (check) => <span className="mono">{check.name}</span> },
        {
          id: 'status',
          header: m.field_status(),
          cell: (check) => <Status tone={MARK[check.status]}>{HEALTH[check.status]()}</Status>,
        },
        { id: 'detail', header: m.machinery_detail(), cell: (check) => check.detail, wide: true },
      ]}
    />
  </Card>
);

const About = ({ state: { relay, processes, ...state } }: { state: Machinery }) => (
  <Card flush title={m.machinery_installation()}>
    <Facts
      facts={[
        [m.machinery_day(), date(state.day)],
        [m.machinery_processes(), processes.length ? processes.join(', ') : m.machinery_containers()],
        [
          m.machinery_history(),
          <span key="history" className="mono">
            {state.history.slice(0, 8)}
          </span>,
        ],
        [m.machinery_since(), moment(state.since)],
        ...(relay ? relayFacts(relay) : ([[m.machinery_relay(), m.machinery_relay_none()]] as const)),
      ]}
    />
  </Card>
);

const relayFacts = (relay: components['schemas']['Shipping']) =>
  [
    [
      m.machinery_relay(),
      <Status key="relay" tone={relay.holds ? 'solid' : 'bad'}>
        {relay.leader || m.machinery_relay_nobody()}
      </Status>,
    ],
    [m.machinery_relay_behind(), m.machinery_events({ count: integer(relay.behind) })],
    [m.machinery_relay_moved(), relay.moved_at ? moment(relay.moved_at) : null],
  ] as const;
