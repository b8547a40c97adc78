import type { IconHome } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useMe } from './me';

/** A screen's place in the menu, said by its route: menu, tabs and command palette are made of these. */
export type Nav = {
  label: () => string;
  icon: typeof IconHome;
  /** Of the menu; see GROUPS of the shell. */
  group: string;
  /** Lower comes first. */
  order: number;
  /** Without it the entry is not shown: the API would refuse. */
  permission?: string;
};

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    nav?: Nav;
    /** What the page is called, for the bar above it and the browser's tab. */
    title?: () => string;
  }
}

export type Entry = Nav & { to: string };

/** The entries that whoever is in may open, in order. */
export function useNavigation(): Entry[] {
  const router = useRouter();
  const { permissions } = useMe();
  const found = Object.values(
    router.routesById as unknown as Record<string, { fullPath: string; options: { staticData?: { nav?: Nav } } }>,
  );
  return found
    .flatMap((route) => {
      const nav = route.options.staticData?.nav;
      return nav && (!nav.permission || permissions.includes(nav.permission))
        ? [{ ...nav, to: route.fullPath.replace(/(.)\/$/, '$1') }]
        : [];
    })
    .sort((one, other) => one.order - other.order);
}
