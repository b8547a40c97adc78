import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type AnyRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isProblem } from '~/api/problem';
import '~/styles/mantine.css';
import '~/styles/app.css';
import { theme } from '~/styles/theme';
import { arriveByKeyboard } from './arrival';
import { Gates } from './gates';
import { LocaleProvider } from './locale';
import { Failed, NotFound, Offline, Pending } from './states';

/** A refusal is an answer: asking once more would be refused again. What had no answer is asked twice more. */
const worthAgain = (failures: number, error: unknown) => failures < 2 && (!isProblem(error) || error.status >= 500);

export const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry: worthAgain } } });

export const common = {
  context: { queries },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultPendingComponent: Pending,
  defaultErrorComponent: Failed,
  defaultNotFoundComponent: NotFound,
} as const;

export function mount(router: AnyRouter) {
  // A newer version took away a file that this page still names: load the page anew, once.
  addEventListener('vite:preloadError', (event) => {
    if (!navigator.onLine) {
      // Loading anew would leave nothing at all; the router does so by these words.
      event.payload.message = `Away: ${event.payload.message}`;
      return;
    }
    if (sessionStorage.getItem('quittance.reloaded')) return;
    event.preventDefault();
    sessionStorage.setItem('quittance.reloaded', '1');
    location.reload();
  });
  arriveByKeyboard(router);
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no root');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          <LocaleProvider>
            <RouterProvider router={router} />
            <Gates />
            <Offline />
          </LocaleProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
