import { integer, moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Rows } from '~/ui/rows';
import { fieldLabel, isTold } from '../fields';
import type { Entry } from '../fold';
import { author, onDay, sentence } from '../sentence';
import { said } from '../values';
import s from './history.module.css';

type DetailProps = { entry: Entry; people: ReadonlyMap<string, string> };

/** One event: what it says in words, where it stands in the store, and its bare content. */
export const EventDetail = ({ entry, people }: DetailProps) => (
  <Card title={sentence(entry)} aside={<span className="mute num">v{entry.number}</span>} flush>
    <Rows
      rows={[
        [m.history_who(), author(entry)],
        [m.history_on(), onDay(entry)],
        [m.history_recorded(), moment(entry.at)],
        ...entry.fields.flatMap(({ field, value }) =>
          isTold(field) && !isNothing(value) ? [[fieldLabel(field), wording(field, value, people)] as const] : [],
        ),
      ]}
    />
    <details className={s.raw}>
      <summary>{m.history_raw()}</summary>
      <Rows mono rows={bare(entry)} />
      <pre className="mono" tabIndex={0}>
        {JSON.stringify(Object.fromEntries(entry.fields.map(({ field, value }) => [field, value])), null, 2)}
      </pre>
    </details>
  </Card>
);

/** Where it stands in the store, for whoever compares. */
const bare = ({ event, kind, version, command, by, cause, id, position, link }: Entry) => [
  [m.history_event(), `${event} · ${kind} v${version}`] as const,
  ...(command ? [[m.history_command(), command] as const] : []),
  ...(by.worker ? [[m.history_worker(), by.worker] as const] : []),
  ...(cause ? [[m.history_cause(), `${cause.event ?? '—'} · ${cause.id} v${cause.version}`] as const] : []),
  [m.history_stream(), id] as const,
  [m.history_position(), position] as const,
  [m.history_link(), link] as const,
];

const isNothing = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);

/** A whole schedule is beside it already: here it is counted. */
const wording = (field: string, value: unknown, people: ReadonlyMap<string, string>) =>
  field === 'instalments' && Array.isArray(value)
    ? m.instalments_count({ count: integer(value.length) })
    : said(field, value, people);
