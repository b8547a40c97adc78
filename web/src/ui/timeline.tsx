import { ActionIcon, Button } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconPlayerPause, IconPlayerPlay, IconPoint } from '@tabler/icons-react';
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react';
import { m } from '~/paraglide/messages';
import s from './timeline.module.css';

export type Happening = {
  version: number;
  /** What happened, in the reader's words. */
  said: string;
  /** Who, and because of what. */
  by?: ReactNode;
  at: string;
  icon?: typeof IconPoint;
};

type TimelineProps = { label: string; happenings: Happening[]; chosen?: number; onChoose?: (version: number) => void };

/** What happened to one thing, the latest first. With `onChoose` each is a way into the past. */
export function Timeline({ label, happenings, chosen, onChoose }: TimelineProps) {
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list follows what was chosen elsewhere
  useEffect(() => {
    const box = list.current;
    const here = box?.querySelector<HTMLElement>('[aria-current]')?.parentElement;
    if (box && here) box.scrollTop = here.offsetTop - (box.clientHeight - here.clientHeight) / 2;
  }, [chosen]);
  return (
    <ol className={s.list} aria-label={label} ref={list}>
      {[...happenings].reverse().map((each) => {
        const Icon = each.icon ?? IconPoint;
        const face = (
          <>
            <span className={s.dot}>
              <Icon size={14} stroke={1.7} aria-hidden="true" />
            </span>
            <span className={s.said}>
              <b>{each.said}</b>
              {each.by && <small>{each.by}</small>}
            </span>
            <span className={`${s.at} num`}>
              {onChoose && <b>v{each.version}</b>}
              {each.at}
            </span>
          </>
        );
        return (
          <li key={each.version} data-future={(chosen !== undefined && each.version > chosen) || undefined}>
            {onChoose ? (
              <button
                type="button"
                aria-current={each.version === chosen ? 'step' : undefined}
                onClick={() => onChoose(each.version)}
              >
                {face}
              </button>
            ) : (
              <div className={s.plain}>{face}</div>
            )}
          </li>
        );
      })}
    </ol>
  );
}

type VersionsProps = {
  happenings: Happening[];
  version: number;
  onVersion: (version: number | undefined) => void;
  /** What the state is compared with. */
  children?: ReactNode;
};

const A_STEP = 700;
const MARKS = 60;

/** A slider through the versions of one thing; undefined is now. The past is only read, and looks like it. */
export function Versions({ happenings, version, onVersion, children }: VersionsProps) {
  const last = happenings.at(-1)?.version ?? 1;
  const first = happenings[0]?.version ?? 1;
  const here = happenings.find((each) => each.version === version);
  const past = version < last;
  const [playing, setPlaying] = useState(false);
  const go = (to: number) => onVersion(to >= last ? undefined : Math.max(first, to));
  const jump = (to: number) => {
    setPlaying(false);
    go(to);
  };
  const next = useRef(go);
  next.current = go;
  useEffect(() => {
    if (!playing) return;
    if (version >= last) return setPlaying(false);
    const later = setTimeout(() => next.current(version + 1), A_STEP);
    return () => clearTimeout(later);
  }, [playing, version, last]);
  const play = () => {
    if (!playing && !past) go(first);
    setPlaying(!playing);
  };
  const done = { '--done': `${(100 * (version - first)) / Math.max(1, last - first)}%` } as CSSProperties;
  return (
    <>
      <section className={s.time} data-past={past || undefined} aria-label={m.versions()}>
        <div className={s.top}>
          <span>
            <Step label={m.version_before()} disabled={version <= first} onClick={() => jump(version - 1)}>
              <IconChevronLeft size={17} aria-hidden="true" />
            </Step>
            <Step label={playing ? m.version_pause() : m.version_play()} disabled={last === first} onClick={play}>
              {playing ? (
                <IconPlayerPause size={15} aria-hidden="true" />
              ) : (
                <IconPlayerPlay size={15} aria-hidden="true" />
              )}
            </Step>
            <Step label={m.version_after()} disabled={!past} onClick={() => jump(version + 1)}>
              <IconChevronRight size={17} aria-hidden="true" />
            </Step>
          </span>
          <p className={s.when} aria-live={playing ? 'off' : 'polite'}>
            <b className="num">v{version}</b>
            <small className="num">{here?.at}</small>
            <span>{here?.said}</span>
          </p>
          {children}
          <Button variant={past ? 'filled' : 'default'} disabled={!past} onClick={() => jump(last)}>
            {m.version_now()}
          </Button>
        </div>
        <div className={s.track}>
          {last - first < MARKS && (
            <div className={s.marks} aria-hidden="true">
              {happenings.map((each) => (
                <i key={each.version} data-done={each.version <= version || undefined} />
              ))}
            </div>
          )}
          <input
            className={s.slider}
            type="range"
            min={first}
            max={last}
            step={1}
            value={version}
            style={done}
            disabled={last === first}
            aria-label={m.versions()}
            aria-valuetext={`v${version}, ${here?.at ?? ''}, ${here?.said ?? ''}`}
            onChange={(event) => jump(event.currentTarget.valueAsNumber)}
          />
        </div>
        <div className={`${s.scale} num`} aria-hidden="true">
          <span>{happenings[0]?.at}</span>
          <span>{happenings.at(-1)?.at}</span>
        </div>
      </section>
      {past && (
        <p className={s.ribbon} role="note">
          {m.version_past({ at: here?.at ?? '', version: String(version), last: String(last) })}
        </p>
      )}
    </>
  );
}

type StepProps = { label: string; disabled: boolean; onClick: () => void; children: ReactNode };

const Step = ({ label, disabled, onClick, children }: StepProps) => (
  <ActionIcon variant="default" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
    {children}
  </ActionIcon>
);

type Field = { key: string; label: string; value: ReactNode; before?: ReactNode };

/** The state at a version; what changed shows what it was. */
export const VersionFields = ({ fields }: { fields: Field[] }) => (
  <dl className={s.changes}>
    {fields.map(({ key, label, value, before }) => (
      <div key={key} data-changed={before !== undefined || undefined}>
        <dt>{label}</dt>
        <dd className="num">
          {before === undefined ? (
            value
          ) : (
            <>
              <del>
                <span className="sr">{m.before()} </span>
                {before}
              </del>
              <ins>
                <span className="sr">{m.after()} </span>
                {value}
              </ins>
            </>
          )}
        </dd>
      </div>
    ))}
  </dl>
);
