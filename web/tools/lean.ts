import type { Plugin } from 'vite';

/**
 * Pieces of packages that our settings switch off, or that the browser brings along, by the end of their path; and the
 * little that stands in for them.
 */
const INSTEAD: Record<string, string> = {
  // Its variables stand in a sheet of their own (tools/theme.ts): the policy refuses what a page writes into
  // itself. So there are no style props (`mt`, `w`) either: what a piece looks like is said by its class.
  '@mantine/core/esm/core/MantineProvider/MantineCssVariables/MantineCssVariables.mjs':
    'export const MantineCssVariables = () => null;',
  '@mantine/core/esm/core/MantineProvider/MantineClasses/MantineClasses.mjs':
    'export const MantineClasses = () => null;',
  '@mantine/core/esm/core/InlineStyles/InlineStyles.mjs': 'export const InlineStyles = () => null;',
  '@mantine/core/esm/core/Box/style-props/style-props-data.mjs': 'export const STYLE_PROPS_DATA = {};',
  '@mantine/core/esm/core/Box/style-props/parse-style-props/parse-style-props.mjs':
    'export const parseStyleProps = () => ({ hasResponsiveStyles: false, inlineStyles: {} });',
  // Of what the first pages need, only the sign of a button that is busy fades in.
  '@mantine/core/esm/components/Transition/Transition.mjs':
    'export const Transition = ({ mounted, children }) => (mounted ? children({}) : null);',
  // One way to show that something is busy is enough.
  '@mantine/core/esm/components/Loader/loaders/Bars.mjs': 'export const Bars = () => null;',
  '@mantine/core/esm/components/Loader/loaders/Dots.mjs': 'export const Dots = () => null;',
  // Groups of them, and boxes that are cards: ours stand alone.
  ...Object.fromEntries(
    [
      'Button/ButtonGroup/ButtonGroup',
      'Button/ButtonGroupSection/ButtonGroupSection',
      'ActionIcon/ActionIconGroup/ActionIconGroup',
      'ActionIcon/ActionIconGroupSection/ActionIconGroupSection',
      'Checkbox/CheckboxIndicator/CheckboxIndicator',
    ].map((path) => [
      `@mantine/core/esm/components/${path}.mjs`,
      `export const ${path.split('/').at(-1)} = () => null;`,
    ]),
  ),
  ...Object.fromEntries(
    ['CheckboxGroup', 'CheckboxCard'].map((name) => [
      `@mantine/core/esm/components/Checkbox/${name}/${name}.mjs`,
      `import { createContext } from 'react'; export const ${name}Context = createContext(null); export const ${name} = () => null;`,
    ]),
  ),
  // For React before 18.
  'use-sync-external-store/shim/index.js': "export { useSyncExternalStore } from 'react';",
};

/** A word in both languages as it is compiled: two functions, and a third one that chooses. */
const WORD =
  /const fr_(\w+) = [^\n]*\n\treturn [^(]*\((`[\s\S]*?`)\)\n\};\s+const en_\1 = [^\n]*\n\treturn [^(]*\((`[\s\S]*?`)\)\n\};/;

/** The same as one function; none where it is no plain word. A first page has a hundred and fifty of them. */
export function shortened(compiled: string): string | null {
  const [, name, french, english] = compiled.match(WORD) ?? [];
  // A word of JavaScript (`continue`) is exported in another way.
  if (!name || !french || !english || !compiled.includes(`export const ${name} = `)) return null;
  const choice = `getLocale() === 'en' ? ${english} : ${french}`.replaceAll('${i?.', '${i.');
  return `import { getLocale } from '../runtime.js';\nexport const ${name} = (i) => (${choice});\n`;
}

/** Leaves out what is never used and what no bundler can know to be unused. */
export function lean(): Plugin {
  const left = new Set(Object.keys(INSTEAD));
  return {
    name: 'lean',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      const found = Object.keys(INSTEAD).find((end) => id.endsWith(`/node_modules/${end}`));
      if (!found) return null;
      left.delete(found);
      return INSTEAD[found];
    },
    transform(code, id) {
      return /\/src\/paraglide\/messages\/(?!_index)\w+\.js$/.test(id) ? shortened(code) : null;
    },
    buildEnd(error) {
      if (!error && left.size > 0)
        this.error(`a package has moved ${[...left].join(', ')}: say in tools/lean.ts where to, or leave it out there`);
    },
  };
}
