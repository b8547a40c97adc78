import { getLocale } from '~/paraglide/runtime';
import { integer } from './format';

const rules = new Map<string, Intl.PluralRules>();

/** One or many, as the language counts: French says “0 action”, English “0 actions”. */
export function counted(
  count: number,
  one: (of: { count: string }) => string,
  many: (of: { count: string }) => string,
) {
  const language = getLocale();
  const rule = rules.get(language) ?? new Intl.PluralRules(language);
  rules.set(language, rule);
  return (rule.select(count) === 'one' ? one : many)({ count: integer(count) });
}
