/** The words: every key in every language, none twice, sorted so that two branches rarely meet. `--write` sorts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const settings = JSON.parse(readFileSync(`${root}/project.inlang/settings.json`, 'utf8'));
const { locales, baseLocale } = settings;
const patterns: string[] = settings['plugin.inlang.messageFormat'].pathPattern;
const said = new Map<string, string>();
const wrong: string[] = [];
const placeholders = (text: string) =>
  [...text.matchAll(/\{(\w+)\}/g)]
    .map((found) => found[1])
    .sort()
    .join();

for (const pattern of patterns) {
  const path = (locale: string) => resolve(root, pattern.replace('{locale}', locale));
  const read = (locale: string): Record<string, unknown> => JSON.parse(readFileSync(path(locale), 'utf8'));
  const base = read(baseLocale);
  for (const locale of locales) {
    const words = read(locale);
    const keys = Object.keys(words);
    const sorted = [...keys].sort();
    if (process.argv.includes('--write')) {
      const ordered = Object.fromEntries(sorted.map((key) => [key, words[key]]));
      writeFileSync(path(locale), `${JSON.stringify(ordered, null, 2)}\n`);
    } else if (keys.join() !== sorted.join()) wrong.push(`${path(locale)}: not sorted, run npm run words`);
    for (const key of keys) if (!(key in base)) wrong.push(`${key}: not in ${path(baseLocale)}`);
    for (const [key, text] of Object.entries(base)) {
      if (!(key in words)) wrong.push(`${key}: not in ${path(locale)}`);
      else if (typeof text === 'string' && placeholders(text) !== placeholders(String(words[key])))
        wrong.push(`${key}: other placeholders in ${locale}`);
    }
  }
  for (const key of Object.keys(base)) {
    if (said.has(key)) wrong.push(`${key}: in ${said.get(key)} and ${pattern}`);
    said.set(key, pattern);
  }
}
for (const line of wrong) console.error(line);
process.exit(wrong.length ? 1 : 0);
