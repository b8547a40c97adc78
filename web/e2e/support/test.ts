import { type Browser, type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { Guard } from './guard.ts';
import { stage, URL_OF_HOUSE, type Who } from './stage.ts';

export { expect } from '@playwright/test';
export { stage } from './stage.ts';

export type Face = 'portal' | 'bureau';
export type Seen = { locale?: 'fr-FR' | 'en-GB'; dark?: boolean; phone?: boolean; at?: string };

export const faceOf = (who: Who): Face => (who === 'jean' || who === 'awa' ? 'portal' : 'bureau');
export const baseOf = (face: Face) => (face === 'bureau' ? '/bureau' : '');
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };
/** A small phone, and a desktop at 400 %: nothing scrolls sideways there either (WCAG 1.4.10). */
export const NARROW = { width: 320, height: 640 };

type Fixtures = {
  /** A browser of somebody's own, before the door. */
  browserOf: (seen?: Seen) => Promise<Page>;
  /** A browser of somebody who is signed in already, at the home of their face or at `seen.at`. */
  desk: (who: Who, seen?: Seen) => Promise<Page>;
  guard: Guard;
};

export const test = base.extend<Fixtures>({
  guard: async ({ browserName: _ }, use) => {
    const guard = new Guard(new URL(URL_OF_HOUSE).origin);
    await use(guard);
    expect(guard.found, 'errors in the console, refusals of the policy, requests to elsewhere').toEqual([]);
  },
  browserOf: async ({ browser, guard }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (seen = {}) => {
      const context = await open(browser, seen);
      opened.push(context);
      guard.watch(context);
      return context.newPage();
    });
    for (const each of opened) await each.close();
  },
  desk: async ({ browserOf }, use) => {
    await use(async (who, seen = {}) => {
      const page = await browserOf(seen);
      await signInBehind(page, who);
      await page.goto(`${baseOf(faceOf(who))}${seen.at ?? '/'}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      return page;
    });
  },
});

export function open(browser: Browser, { locale = 'fr-FR', dark = false, phone = false }: Seen = {}) {
  return browser.newContext({
    baseURL: URL_OF_HOUSE,
    locale,
    timezoneId: 'Europe/Paris',
    colorScheme: dark ? 'dark' : 'light',
    viewport: phone ? PHONE : DESKTOP,
    ...(phone ? { hasTouch: true, isMobile: true } : {}),
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
}

/** How many codes are tried. */
const CODES = 3;

/** Signs in as a page does, without drawing it: for journeys that are about something else. */
export async function signInBehind(page: Page, who: Who) {
  const person = (await stage.people())[who];
  const post = (path: string, body: object) => ask(page, path, body);
  if (who === 'admin') {
    const { passkey } = await post('/auth/passkey/options', {});
    await post('/auth/passkey', { passkey: await stage.passkey(who, passkey as object) });
    return;
  }
  const said = await post('/auth/sign-in', { email: person.email, password: person.password });
  if (said.outcome !== 'factor-needed') return;
  // The one of this moment may be used or over by now: whoever stands at a door types the next one, too.
  for (let left = CODES; left > 0; left -= 1) {
    try {
      await post('/auth/sign-in/factor', { pending: said.pending, code: await stage.code(who) });
      return;
    } catch (refused) {
      if (left === 1) throw refused;
    }
  }
}

async function ask(page: Page, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await page.request.post(`/api/v1${path}`, { data: body, headers: { Origin: URL_OF_HOUSE } });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/** Signs in as a person does: types address and password, then the code of the telephone. */
export async function signIn(page: Page, who: Who) {
  const person = (await stage.people())[who];
  await page.getByLabel(/adresse électronique|email/i).fill(person.email);
  await page.getByRole('textbox', { name: /mot de passe|password/i }).fill(person.password);
  await page.getByRole('button', { name: /^(se connecter|sign in)$/i }).click();
  if (!person.app) return;
  await page.getByLabel(/code à six chiffres|six-digit code/i).fill(await stage.code(who));
  await page.getByRole('button', { name: /^(continuer|continue)$/i }).click();
}
