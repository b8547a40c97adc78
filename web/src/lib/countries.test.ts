import { expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { countries, countryName } from './countries';

it('every country stands once, in the order of the language', () => {
  void setLocale('fr', { reload: false });
  const french = countries();
  expect(new Set(french.map((each) => each.value)).size).toBe(french.length);
  expect(french[0]?.label).toBe('Afghanistan');
  expect(french.findIndex((each) => each.value === 'CI')).toBeLessThan(french.findIndex((each) => each.value === 'FR'));
  expect(countryName('CI')).toBe('Côte d’Ivoire');
});
