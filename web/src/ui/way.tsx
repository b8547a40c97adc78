import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { m } from '~/paraglide/messages';
import s from './way.module.css';

type WayStep = { title: string; about?: ReactNode; wrong?: boolean };
type WayListProps = {
  label: string;
  steps: WayStep[] /** The step that is going on; past the last one when all is done. */;
  here: number;
};

/** The stages of something, and where it is. */
export const WayList = ({ label, steps, here }: WayListProps) => (
  <ol className={s.way} aria-label={label}>
    {steps.map((step, index) => (
      <li
        key={step.title}
        data-state={index < here ? 'done' : index === here ? 'now' : 'later'}
        data-wrong={step.wrong || undefined}
        aria-current={index === here ? 'step' : undefined}
      >
        <span className={s.mark} aria-hidden="true">
          {index < here ? <IconCheck size={14} stroke={2.4} /> : index + 1}
        </span>
        <b>
          {step.title}
          {index < here && <span className="sr"> {m.way_done()}</span>}
        </b>
        {step.about && <small className="num">{step.about}</small>}
      </li>
    ))}
  </ol>
);
