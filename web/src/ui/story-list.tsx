import { m } from '~/paraglide/messages';
import type { Told } from './story';
import s from './story.module.css';

/** What happened, the latest first. */
export const StoryList = ({ label, story }: { label: string; story: Told[] }) => (
  <ol className={s.story} aria-label={label} reversed>
    {[...story].reverse().map((each) => (
      <li key={each.key}>
        <b className="num">{each.said}</b>
        <small className="num">{each.by ? m.story_when({ day: each.at, by: each.by }) : each.at}</small>
      </li>
    ))}
  </ol>
);
