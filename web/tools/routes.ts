import type { Config } from '@tanstack/router-generator';

export const FACES = ['portal', 'bureau'] as const;
export type Face = (typeof FACES)[number];

/** Where an application keeps its routes. The trees are generated, never committed: two branches that each add a screen would meet in them. */
export const routesOf = (face: Face) =>
  ({
    target: 'react',
    autoCodeSplitting: true,
    quoteStyle: 'single',
    routesDirectory: `./src/routes/${face}`,
    generatedRouteTree: `./src/routes/${face}.gen.ts`,
    disableLogging: true,
  }) satisfies Partial<Config> & Record<string, unknown>;
