import { expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { counted } from './count';

const one = ({ count }: { count: string }) => `${count} one`;
const many = ({ count }: { count: string }) => `${count} many`;

it('counts as each language does', () => {
  void setLocale('fr', { reload: false });
  expect([0, 1, 2].map((count) => counted(count, one, many))).toEqual(['0 one', '1 one', '2 many']);
  void setLocale('en', { reload: false });
  expect([0, 1, 2].map((count) => counted(count, one, many))).toEqual(['0 many', '1 one', '2 many']);
});
