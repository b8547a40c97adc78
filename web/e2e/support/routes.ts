import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Face } from './test.ts';

export type Route = {
  /** As the route tree says it: `/loans/$loanId`. */
  path: string;
  /** Behind the guard. */
  inside: boolean;
  params: string[];
};

const ENTRY = /'([^']+)': \{\s+id: '([^']+)'\s+path: '([^']*)'\s+fullPath: '([^']+)'/g;

/** Every page of a face: read from the tree that its build was made of, so a new screen is looked at without being listed. */
export function routesOf(face: Face): Route[] {
  const tree = readFileSync(resolve(import.meta.dirname, `../../src/routes/${face}.gen.ts`), 'utf8');
  const found = new Map<string, Route>();
  for (const [, , id = '', path, full = ''] of tree.matchAll(ENTRY)) {
    if (path === '') continue; // a frame around pages
    const clean = full.replace(/(.)\/$/, '$1');
    const params = [...clean.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
    found.set(clean, { path: clean, inside: id.startsWith('/_in'), params });
  }
  if (found.size < 3) throw new Error(`the route tree of the ${face} was not understood`);
  return [...found.values()];
}

/** The address of a page in a house. Throws when nobody said what stands for one of its parameters. */
export function addressOf(route: Route, ids: Record<string, string>): string {
  return route.path.replace(/\$(\w+)/g, (_, name: string) => {
    const id = ids[name];
    if (!id) throw new Error(`${route.path}: demo/stage.py brings nothing along that is called ${name}`);
    return id;
  });
}
