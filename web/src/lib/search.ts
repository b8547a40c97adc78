/** Small validators of what stands in the address. They are in the entry of an application, so no schema library here. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

export const whole = (value: unknown): number | undefined => {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isInteger(number) ? number : undefined;
};

export const flag = (value: unknown): true | undefined => (value === true || value === 'true' ? true : undefined);

export const oneOf = <const T extends readonly string[]>(value: unknown, list: T): T[number] | undefined =>
  list.includes(value as string) ? (value as T[number]) : undefined;
