import type { Plugin } from 'vite';

/** `<Group mt="md">`: an element of a package with one of its style props. */
const STYLED =
  /<[A-Z][\w.]*(?:\s[^<>]*?)?\s((?:m|p)[trblxyse]?|m[ai][wh]|[wh]|c|bg|bd|fz|ff|fw|fs|ta|lh|lts|td|tt|pos|inset|flex|display|opacity|hiddenFrom|visibleFrom)=["{]/;

/** Builds have no style props (lean.ts): what is written with one would look right until then, so it is refused at once. */
export function plain(): Plugin {
  return {
    name: 'plain',
    enforce: 'pre',
    transform(code, id) {
      const found = id.includes('/src/') && id.endsWith('.tsx') ? STYLED.exec(code) : null;
      if (found) this.error(`the style prop ${found[1]} has no effect in a build: say it in a class (${id})`);
      return null;
    },
  };
}
