import { IconBriefcase, IconMail, IconRobot, IconUser } from '@tabler/icons-react';
import { useDeferredValue, useMemo } from 'react';
import { useLocale } from '~/app/locale';
import { integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Answer, Empty } from '~/ui/states';
import { type Happening, Timeline, VersionFields, Versions } from '~/ui/timeline';
import { compared, scheduleOf, sectionsOf } from '../facts';
import { type Entry, peopleOf, stateAt, type Told } from '../fold';
import { author, onDay, sentence } from '../sentence';
import { type File, useHistory } from '../use-history';
import { EventDetail } from './event-detail';
import s from './history.module.css';
import { Integrity } from './integrity';
import { PastSchedule } from './past-schedule';

export type Moment = {
  /** The version in the address; undefined is now. */
  v?: number;
  /** Compared with the version before, or with now. */
  vs?: 'now';
};
type HistoryProps = { file: File; at: Moment; onMoment: (moment: Moment) => void };

const ICONS = { staff: IconBriefcase, client: IconUser, link: IconMail, machine: IconRobot };

/** Everything that happened to one file, and what it was at each of its versions. */
export function History({ file, at, onMoment }: HistoryProps) {
  const history = useHistory(file);
  return (
    <Answer of={history} rows={8}>
      {(told) =>
        told.items.length === 0 ? (
          <Empty title={m.history_empty()}>{m.history_empty_about()}</Empty>
        ) : (
          <Travel file={file} told={told} at={at} onMoment={onMoment} />
        )
      }
    </Answer>
  );
}

function Travel({ file, told, at, onMoment }: HistoryProps & { told: Told }) {
  const { items } = told;
  const { locale } = useLocale();
  const last = items.length;
  const version = Math.min(Math.max(at.v ?? last, 1), last);
  // biome-ignore lint/correctness/useExhaustiveDependencies: sentences are in the reader's language
  const happenings = useMemo(() => items.map(happening), [items, locale]);
  const people = useMemo(() => peopleOf(items), [items]);
  const go = (v: number | undefined) => onMoment({ ...at, v });
  // The slider runs ahead; the state is drawn when there is time for it.
  const shown = useDeferredValue(version);
  const streams = useMemo(() => stateAt(items, shown), [items, shown]);
  const here = sectionsOf(streams, people);
  const sinceThen = at.vs === 'now' && shown < last;
  const other = sectionsOf(stateAt(items, sinceThen ? last : shown - 1), people);
  const sections = (sinceThen ? other : here).map((section) => ({
    ...section,
    facts: compared(
      (sinceThen ? here : other).find((each) => each.id === section.id),
      section,
    ),
  }));
  const differences = sections.flatMap((each) => each.facts).filter((each) => each.before !== undefined).length;
  const schedule = scheduleOf(streams);
  return (
    <div className="stack">
      <Versions happenings={happenings} version={version} onVersion={go}>
        <Versus now={at.vs === 'now'} onVersus={(vs) => onMoment({ ...at, vs })} />
      </Versions>
      <div className="columns">
        <div className="stack">
          <Card
            title={
              sinceThen ? m.history_since({ version: integer(shown) }) : m.history_state({ version: integer(shown) })
            }
            aside={<span className="mute">{m.history_differences({ count: integer(differences) })}</span>}
            flush
          >
            {sections.map((section) => (
              <section key={section.id} className={s.section} aria-label={section.title}>
                {sections.length > 1 && <h3>{section.title}</h3>}
                <VersionFields fields={section.facts} />
              </section>
            ))}
          </Card>
          {schedule.length > 0 && <PastSchedule instalments={schedule} />}
        </div>
        <div className="stack">
          <Card
            title={m.history_events()}
            aside={<span className="mute">{m.history_count({ count: integer(last) })}</span>}
            flush
          >
            <Timeline label={m.history_events()} happenings={happenings} chosen={shown} onChoose={go} />
          </Card>
          <EventDetail entry={items[shown - 1] as Entry} people={people} />
          <Integrity key={file.id} file={file} told={told} />
        </div>
      </div>
    </div>
  );
}

const happening = (entry: Entry): Happening => ({
  version: entry.number,
  said: sentence(entry),
  by: author(entry),
  at: onDay(entry),
  icon: ICONS[entry.by.kind],
});

type VersusProps = { now: boolean; onVersus: (vs: 'now' | undefined) => void };

const Versus = ({ now, onVersus }: VersusProps) => (
  <fieldset className={s.versus}>
    <legend className="sr">{m.history_versus()}</legend>
    <button type="button" aria-pressed={!now} onClick={() => onVersus(undefined)}>
      {m.history_versus_before()}
    </button>
    <button type="button" aria-pressed={now} onClick={() => onVersus('now')}>
      {m.history_versus_now()}
    </button>
  </fieldset>
);
