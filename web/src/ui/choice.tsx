import { type ReactNode, useId } from 'react';
import s from './choice.module.css';

type ChoiceProps<V extends string> = {
  legend: string;
  /** Read by whoever does not see, where a heading says it already. */
  hidden?: boolean;
  value: string;
  onChange: (value: V) => void;
  options: readonly { value: V; title: ReactNode; about?: ReactNode; aside?: ReactNode }[];
  error?: string;
};

/** One of a few, each with room to say what it is. */
export function Choice<V extends string>({ legend, hidden, value, onChange, options, error }: ChoiceProps<V>) {
  const name = useId();
  const said = useId();
  return (
    <fieldset className={s.choice} aria-describedby={error ? said : undefined}>
      <legend className={hidden ? 'sr' : undefined}>{legend}</legend>
      {options.map((each) => (
        <label key={each.value} data-chosen={each.value === value || undefined}>
          <input
            type="radio"
            name={name}
            value={each.value}
            checked={each.value === value}
            aria-invalid={error ? true : undefined}
            onChange={() => onChange(each.value)}
          />
          <span>
            <b>{each.title}</b>
            {each.about && <small className="num">{each.about}</small>}
          </span>
          {each.aside}
        </label>
      ))}
      {error && (
        <p id={said} className={s.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
