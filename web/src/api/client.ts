import { useQuery } from '@tanstack/react-query';
import createClient from 'openapi-fetch';
import type { OpenapiQueryClient } from 'openapi-react-query';
import { ask } from './gate';
import { readProblem } from './problem';
import type { paths } from './schema';
import { readAfter } from './seen';
import { API, dress, refreshCsrf, renew, whoseSession } from './session';

/** Sends one request, and what it takes to have it answered: a renewed token, a sign-in in place, a fresh proof. */
export async function asked(request: Request): Promise<Response> {
  // One after the other: a token is renewed first, and only then a proof is found to be too old.
  const tried = new Set<string>();
  for (;;) {
    const answer = await send(request.clone());
    if (answer.status !== 401 && answer.status !== 403) return answer;
    const { type } = await readProblem(answer);
    if (tried.has(type) || !(await wayOut(type))) return answer;
    tried.add(type);
  }
}

async function wayOut(type: string): Promise<boolean> {
  if (type === 'step-up-required') return ask('step-up');
  if (type === 'cross-site') return refreshCsrf();
  if (type !== 'unauthenticated') return false;
  if (await renew()) return true;
  return whoseSession() !== null && ask('sign-in');
}

function send(request: Request): Promise<Response> {
  const reads = request.method === 'GET';
  dress(request.headers, !reads);
  const after = reads ? readAfter() : undefined;
  if (after) request.headers.set('Read-After', after);
  return fetch(request);
}

export const client = createClient<paths>({
  baseUrl: API || location.origin,
  credentials: API ? 'include' : 'same-origin',
  fetch: asked,
});

type Questions = Pick<OpenapiQueryClient<paths>, 'useQuery'>;
type Asked = [init?: object, options?: object];

/** `api.useQuery('get', '/api/v1/loans/{loan_id}', { params: … })`: keys, types and errors from the OpenAPI. */
export const api = {
  // Of the package only the types: with its other ways to ask come pieces that the first page would have to carry.
  useQuery: (method: string, path: string, ...[init, options]: Asked) =>
    useQuery({
      queryKey: init === undefined ? [method, path] : [method, path, init],
      queryFn: async ({ signal }) => {
        const { data, error } = await client.GET(path as never, { ...init, signal } as never);
        if (error) throw error;
        return data ?? null;
      },
      ...options,
    }),
} as unknown as Questions;
