import { IconBriefcase, IconMail, IconPoint, IconUser } from '@tabler/icons-react';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { useLocale } from '~/app/locale';
import { counted } from '~/lib/count';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Answer, Empty } from '~/ui/states';
import { Timeline, VersionFields, Versions } from '~/ui/timeline';
import { compared, type Section, sectionsOf } from '../facts';
import { type Entry, peopleOf, stateAt } from '../fold';
import { type File, useHistory } from '../use-history';
import { chaptersOf, together } from './chapters';
import s from './my-history.module.css';

type MyHistoryProps = {
  file: File;
  /** The version in the address; undefined is now. */
  v?: number;
  onVersion: (version: number | undefined) => void;
};

const ICONS = { staff: IconBriefcase, client: IconUser, link: IconMail, machine: IconPoint };
/** What a loan says already. */
const OF_LOAN = new Set(['principal', 'rate', 'months', 'planned_payout_on']);
/** What only the lender's desk works with. */
const INTERNAL = new Set(['requested_by', 'approved_by', 'sendings_asked', 'copy_by', 'sha256', 'copy_sha256']);

/** What happened to something of one's own, in words, and how it stood after each step. */
export function MyHistory({ file, v, onVersion }: MyHistoryProps) {
  const own = useHistory(file);
  return (
    <Answer of={own} rows={8}>
      {(told) => {
        const contract = file.of === 'loans' ? told.related.find((each) => each.kind === 'Contract') : undefined;
        const shown = (items: Entry[]) => <Travel items={items} v={v} onVersion={onVersion} />;
        return contract ? (
          <AndContract id={contract.id}>{(also) => shown(together(told.items, also))}</AndContract>
        ) : (
          shown(told.items)
        );
      }}
    </Answer>
  );
}

/** The contract of a loan is part of its story. */
function AndContract({ id, children }: { id: string; children: (items: Entry[]) => ReactNode }) {
  const contract = useHistory({ of: 'contracts', id });
  return (
    <Answer of={contract} rows={8}>
      {({ items }) => children(items)}
    </Answer>
  );
}

function Travel({ items, v, onVersion }: { items: Entry[] } & Pick<MyHistoryProps, 'v' | 'onVersion'>) {
  const { locale } = useLocale();
  // biome-ignore lint/correctness/useExhaustiveDependencies: sentences are in the reader's language
  const chapters = useMemo(
    () => chaptersOf(items).map((each) => ({ ...each, icon: ICONS[each.kind] })),
    [items, locale],
  );
  const last = chapters.length;
  const version = Math.min(Math.max(v ?? last, 1), last);
  // The slider runs ahead; the state is drawn when there is time for it.
  const shown = useDeferredValue(version);
  if (last === 0) return <Empty title={m.history_empty()}>{m.history_empty_about()}</Empty>;
  const people = peopleOf(items);
  const after = (number: number) =>
    sectionsOf(number < 1 ? [] : stateAt(items, chapters[number - 1]?.until ?? items.length), people);
  const before = after(shown - 1);
  const isOfLoan = items.some((each) => each.kind === 'Loan');
  const sections = after(shown).map((section) =>
    differences(before, section, (key) => isOfLoan && section.title === m.section_contract() && OF_LOAN.has(key)),
  );
  const many = sections.flatMap((each) => each.facts).filter((each) => each.before !== undefined).length;
  return (
    <div className="stack">
      <Versions happenings={chapters} version={version} onVersion={onVersion} />
      <div className={s.columns}>
        <Card
          title={m.my_history_state({ day: chapters[shown - 1]?.at ?? '' })}
          aside={<span className="mute">{many > 0 && counted(many, m.my_history_change, m.my_history_changes)}</span>}
          flush
        >
          {sections.map((section) => (
            <section key={section.id} className={s.section} aria-label={section.title}>
              {sections.length > 1 && <h3>{section.title}</h3>}
              <VersionFields fields={section.facts} />
            </section>
          ))}
        </Card>
        <Card title={m.my_history_story()} flush>
          <Timeline label={m.my_history_story()} happenings={chapters} chosen={shown} onChoose={onVersion} />
        </Card>
      </div>
    </div>
  );
}

/** What a borrower is told, with what changed; what is not known yet and was not known is left out. */
function differences(before: Section[], section: Section, isRepeated: (key: string) => boolean) {
  const was = before.find((each) => each.id === section.id);
  const facts = compared(was, section).filter(
    (fact) => !INTERNAL.has(fact.key) && !isRepeated(fact.key) && (fact.value !== '—' || fact.before !== undefined),
  );
  return { ...section, facts };
}
