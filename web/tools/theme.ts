/** Mantine's variables for our theme as a static sheet: a policy without unsafe-inline lets nobody write a <style>. `--check` only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import { ours, theme } from '../src/styles/theme.ts';

const file = resolve(import.meta.dirname, '../src/styles/theme.css');
const whole = mergeMantineTheme(DEFAULT_THEME, theme);
const made = defaultCssVariablesResolver(whole);
const plain = defaultCssVariablesResolver(DEFAULT_THEME);
const differing = (mine: Record<string, string>, usual: Record<string, string>) =>
  Object.fromEntries(Object.entries(mine).filter(([name, value]) => usual[name] !== value));
const sheet = convertCssVariables(
  {
    variables: differing(made.variables, plain.variables),
    light: { ...differing(made.light, plain.light), ...ours.light },
    dark: { ...differing(made.dark, plain.dark), ...ours.dark },
  },
  ':root',
);
const text = `/* Generated from theme.ts by \`npm run theme\`; do not edit. */\n${sheet.replaceAll(';', ';\n  ').replaceAll('}', '\n}\n')}`;
const fresh = (() => {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
})();
if (!fresh && process.argv.includes('--check')) {
  console.error('src/styles/theme.css is not what theme.ts says: run npm run theme');
  process.exit(1);
}
if (!fresh) writeFileSync(file, text);
