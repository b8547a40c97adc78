import { Button, NativeSelect } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconSearch, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { DateInput } from './form';
import s from './refine.module.css';

type Values = Record<string, string | true | undefined>;
type Choice = { value: string; label: string };

/** What may be filtered by, beside the states. */
export type Refinement =
  | { name: string; label: string; kind: 'choice'; options: readonly Choice[] }
  | { name: string; label: string; kind: 'day'; said: (value: string) => string }
  | { name: string; label: string; kind: 'flag' };

type ChipsProps = {
  label: string;
  /** Of the address. */
  name: string;
  value: string | undefined;
  all: string;
  options: readonly (readonly [value: string, label: string])[];
  counts?: Record<string, number>;
  /** What is counted to: as many, or more. */
  most?: number;
};

/** The states of a list as links, each with how many there are. */
export function StateChips({ label, name, value, all, options, counts, most }: ChipsProps) {
  const every = counts && Object.values(counts).reduce((sum, each) => sum + each, 0);
  const said = (count: number | undefined, limit = most) =>
    count === undefined ? '' : limit !== undefined && count >= limit ? `${integer(limit)}+` : integer(count);
  return (
    <nav className={s.chips} aria-label={label}>
      {([[undefined, all], ...options] as const).map(([each, title]) => (
        <Link
          key={title}
          to={'.' as never}
          search={((before: object) => ({ ...before, [name]: each })) as never}
          activeOptions={{ exact: true }}
          activeProps={{ 'aria-current': undefined }}
          aria-current={each === value ? 'true' : undefined}
          replace
        >
          {title}
          <span className="num">{each === undefined ? said(every) : said(counts?.[each])}</span>
        </Link>
      ))}
    </nav>
  );
}

type SearchProps = { label: string; value: string | undefined; onSearch: (wanted: string | undefined) => void };

/** Words to look for; the address follows when the typing pauses. */
export function SearchBox({ label, value, onSearch }: SearchProps) {
  const [typed, setTyped] = useState(value ?? '');
  const [told, setTold] = useState(value);
  const search = useRef(onSearch);
  search.current = onSearch;
  if (told !== value) {
    // The address was changed from elsewhere: back, a chip that was taken off.
    setTold(value);
    if ((value ?? '') !== typed.trim()) setTyped(value ?? '');
  }
  useEffect(() => {
    const wanted = typed.trim() || undefined;
    if (wanted === value) return;
    const later = setTimeout(() => search.current(wanted), 250);
    return () => clearTimeout(later);
  }, [typed, value]);
  return (
    <div className={s.search}>
      <IconSearch size={16} stroke={1.6} aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </div>
  );
}

type RefineProps = { refinements: readonly Refinement[]; values: Values; onChange: (values: Values) => void };

/** More filters behind a button; what is set shows, and is taken off with a click. */
export function Refine({ refinements, values, onChange }: RefineProps) {
  const [open, setOpen] = useState(false);
  const set = refinements.filter((each) => values[each.name] !== undefined);
  return (
    <>
      <Button
        variant="default"
        aria-expanded={open}
        leftSection={<IconAdjustmentsHorizontal size={16} stroke={1.6} aria-hidden="true" />}
        onClick={() => setOpen(!open)}
      >
        {m.filters()}
      </Button>
      {open && (
        <fieldset className={s.panel} aria-label={m.filters()}>
          {refinements.map((each) => (
            <Field key={each.name} of={each} value={values[each.name]} onChange={onChange} />
          ))}
        </fieldset>
      )}
      {set.length > 0 && (
        <ul className={s.active} aria-label={m.filters_set()}>
          {set.map((each) => (
            <li key={each.name}>
              <button type="button" onClick={() => onChange({ [each.name]: undefined })}>
                <span className="sr">{m.filter_off()} </span>
                {each.label}
                {each.kind !== 'flag' && <b>{saidOf(each, values[each.name])}</b>}
                <IconX size={13} aria-hidden="true" />
              </button>
            </li>
          ))}
          {set.length > 1 && (
            <li>
              <button
                type="button"
                onClick={() => onChange(Object.fromEntries(set.map((each) => [each.name, undefined])))}
              >
                {m.filters_none()}
              </button>
            </li>
          )}
        </ul>
      )}
    </>
  );
}

type FieldProps = { of: Refinement; value: string | true | undefined; onChange: (values: Values) => void };

function Field({ of, value, onChange }: FieldProps) {
  const said = typeof value === 'string' ? value : '';
  const put = (next: string | true | undefined) => onChange({ [of.name]: next || undefined });
  if (of.kind === 'day') return <DateInput label={of.label} value={said} onChange={put} />;
  if (of.kind === 'flag')
    return (
      <NativeSelect
        label={of.label}
        value={value ? 'true' : ''}
        data={[
          { value: '', label: m.filter_all() },
          { value: 'true', label: m.filter_only() },
        ]}
        onChange={(event) => put(event.currentTarget.value === 'true' || undefined)}
      />
    );
  return (
    <NativeSelect
      label={of.label}
      value={said}
      data={[{ value: '', label: m.filter_all() }, ...of.options]}
      onChange={(event) => put(event.currentTarget.value)}
    />
  );
}

function saidOf(of: Refinement, value: string | true | undefined) {
  if (of.kind === 'choice') return of.options.find((each) => each.value === value)?.label ?? String(value);
  return of.kind === 'day' ? of.said(String(value)) : '';
}
