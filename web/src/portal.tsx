import { createRouter } from '@tanstack/react-router';
import { common, mount } from '~/app/providers';
import { routeTree } from '~/routes/portal.gen';

const router = createRouter({ routeTree, basepath: import.meta.env.BASE_URL, ...common });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

mount(router);
