import { TextInput, type TextInputProps } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { BodyOf, Bounds, Operation } from '~/api/operation';
import type { Problem } from '~/api/problem';
import { amount, exponent, readAmount, writtenAmount } from '~/lib/format';
import { broken, type Values } from './bounds';
import '~/styles/fields.css';

/** A form whose bounds are those of the API: `useFields(ApproveLoan, { rate: … })`. Fields: `form.getInputProps('rate')`. */
export function useFields<O extends Operation, V extends Values>(operation: O, initialValues: V) {
  return useForm<V>({
    mode: 'controlled',
    initialValues,
    validate: (values) => broken(operation.bounds, values) as never,
  });
}

/** The fields that the API refused, put beside their inputs. */
export function showErrors(form: { setErrors: (errors: Record<string, string>) => void }, problem: Problem | null) {
  if (problem?.errors) form.setErrors(Object.fromEntries(problem.errors.map((each) => [each.field, each.message])));
}

/** What may be typed into a field, for its input element. */
export function limits<O extends Operation>(operation: O, field: keyof O['bounds'] & string) {
  const found = operation.bounds[field] as Bounds | undefined;
  return { maxLength: found?.maxLength, min: found?.min, max: found?.max, required: found?.required };
}

export type Body<O extends Operation> = BodyOf<O>;

type MoneyProps = Omit<TextInputProps, 'value' | 'onChange'> & {
  /** As the API takes it: `"5000.00"`; empty for none. */
  value?: string;
  onChange: (written: string) => void;
  currency: string;
};

/** An amount: typed as people write it, handed on as the API takes it; shown as people read it once it is typed. */
export function MoneyInput({ value = '', onChange, currency, ...rest }: MoneyProps) {
  const [typing, setTyping] = useState(false);
  const known = readAmount(value, currency);
  const shown = known === null ? value : amount(known, currency);
  return (
    <TextInput
      {...rest}
      inputMode={exponent(currency) ? 'decimal' : 'numeric'}
      autoComplete="off"
      rightSection={<span className="mute">{currency}</span>}
      rightSectionWidth={52}
      value={typing ? value : shown}
      onChange={(event) => {
        setTyping(true);
        onChange(event.currentTarget.value);
      }}
      onBlur={() => {
        setTyping(false);
        if (known !== null) onChange(writtenAmount(known, currency));
      }}
    />
  );
}

type DateProps = Omit<TextInputProps, 'value' | 'onChange' | 'type'> & {
  value?: string;
  onChange: (day: string) => void;
};

/** A day as `2026-05-04`. The browser's own calendar: it speaks the reader's language and is made for thumbs. */
export const DateInput = ({ value = '', onChange, ...rest }: DateProps) => (
  <TextInput {...rest} type="date" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
);
