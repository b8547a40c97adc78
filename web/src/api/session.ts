import { getLocale } from '~/paraglide/runtime';
import type { components } from './schema';

export type Me = components['schemas']['Me'];
export type SignedIn = components['schemas']['SignedIn'];

/** Another origin when the application lives on a CDN of its own; then the API lists it among its allowed origins. */
export const API = import.meta.env.VITE_API_ORIGIN ?? '';

let csrf: string | null = null;
let account: string | null = null;
let renewal: Promise<boolean> | null = null;

/** Whose session this page shows; null before sign-in. */
export const whoseSession = () => account;

/** A session began, went on, or was found: remember what its changes carry. */
export function entered(said: Pick<Me | SignedIn, 'account_id' | 'csrf_token'>) {
  account = said.account_id;
  csrf = said.csrf_token ?? csrf;
}

export function left() {
  account = null;
  csrf = null;
}

/** What every request carries beside what it asks. */
export function dress(headers: Headers, changes: boolean) {
  headers.set('Accept-Language', getLocale());
  if (changes && csrf) headers.set('X-CSRF-Token', csrf);
}

export function bare(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  dress(headers, init.method === 'POST');
  if (init.body) headers.set('Content-Type', 'application/json');
  return fetch(`${API}${path}`, { credentials: API ? 'include' : 'same-origin', ...init, headers });
}

/** Renew the access token; one at a time in this browser, so no tab spends the token of another. */
export function renew(): Promise<boolean> {
  renewal ??= navigator.locks
    .request('quittance-renewal', async () => {
      const answer = await bare('/api/v1/auth/refresh', { method: 'POST', body: '{}' });
      if (answer.ok) entered((await answer.json()) as SignedIn);
      return answer.ok;
    })
    .catch(() => false)
    .finally(() => {
      renewal = null;
    });
  return renewal;
}

/** The same in a session: a token that is too old is renewed first. */
export async function inSession(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await bare(path, init);
  return answer.status === 401 && account !== null && (await renew()) ? bare(path, init) : answer;
}

/** Another tab may have proved itself anew since: the session of the cookie is another one. */
export async function refreshCsrf(): Promise<boolean> {
  const answer = await bare('/api/v1/me/csrf');
  if (answer.ok) csrf = ((await answer.json()) as { csrf_token: string }).csrf_token;
  return answer.ok;
}

/** Who is signed in here; null when nobody is. Throws when the API does not answer. */
export async function findMe(): Promise<Me | null> {
  let answer = await bare('/api/v1/me');
  if (answer.status === 401 && (await renew())) answer = await bare('/api/v1/me');
  if (answer.status === 401) return null;
  if (!answer.ok) throw await answer.json();
  const me = (await answer.json()) as Me;
  entered(me);
  return me;
}
