/** What the type checker and the builder need before they look: the words as functions, the route trees. */
import { resolve } from 'node:path';
import { compile } from '@inlang/paraglide-js';
import { Generator, getConfig } from '@tanstack/router-generator';
import { FACES, routesOf } from './routes.ts';

const root = resolve(import.meta.dirname, '..');
await compile({
  project: resolve(root, 'project.inlang'),
  outdir: resolve(root, 'src/paraglide'),
  strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
});
for (const face of FACES) {
  const config = getConfig(routesOf(face), root);
  await new Generator({ config, root }).run();
}
// The compiler leaves timers behind that would keep this process for half a minute.
process.exit(0);
