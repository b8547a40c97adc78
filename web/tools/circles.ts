import type { Plugin } from 'vite';

/** Files of a build that need each other: one of them would run before what it needs is there, on some pages only. */
export function noCircles(): Plugin {
  return {
    name: 'no-circles',
    apply: 'build',
    generateBundle(_, bundle) {
      const done = new Set<string>();
      const follow = (file: string, way: string[]) => {
        if (way.includes(file)) this.error(`files of the build need each other: ${[...way, file].join(' → ')}`);
        const chunk = bundle[file];
        if (done.has(file) || chunk?.type !== 'chunk') return;
        for (const needed of chunk.imports) follow(needed, [...way, file]);
        done.add(file);
      };
      for (const file of Object.keys(bundle)) follow(file, []);
    },
  };
}
