import type { Bounds } from '~/api/operation';
import { integer } from '~/lib/format';
import { m } from '~/paraglide/messages';

export type Values = Record<string, unknown>;

/** What is wrong with the values of a form, by field: what the API would refuse, said before it is asked. */
export function broken(bounds: Readonly<Record<string, Bounds>>, values: Values) {
  const errors: Record<string, string> = {};
  for (const [field, bound] of Object.entries(bounds)) {
    if (!known(values, field)) continue;
    const wrong = wrongWith(bound, at(values, field));
    if (wrong) errors[field] = wrong;
  }
  return errors;
}

const known = (values: Values, field: string) => (field.split('.')[0] as string) in values;
const at = (values: Values, field: string) =>
  field.split('.').reduce<unknown>((inside, name) => (inside as Values | undefined)?.[name], values);

function wrongWith(bound: Bounds, value: unknown): string | null {
  if (value === undefined || value === null || value === '') return bound.required ? m.bounds_required() : null;
  if (typeof value === 'number') {
    if (bound.min !== undefined && value < bound.min) return m.bounds_min({ min: integer(bound.min) });
    if (bound.max !== undefined && value > bound.max) return m.bounds_max({ max: integer(bound.max) });
  }
  if (typeof value === 'string') {
    if (bound.minLength !== undefined && value.length < bound.minLength)
      return m.bounds_min_length({ min: integer(bound.minLength) });
    if (bound.maxLength !== undefined && value.length > bound.maxLength)
      return m.bounds_max_length({ max: integer(bound.maxLength) });
    if (bound.pattern && !new RegExp(bound.pattern).test(value)) return m.bounds_pattern();
  }
  return null;
}
