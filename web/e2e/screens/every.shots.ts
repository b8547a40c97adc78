import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { settled } from '../support/axe.ts';
import { addressOf, routesOf } from '../support/routes.ts';
import { stage, type Who } from '../support/stage.ts';
import { baseOf, DESKTOP, expect, type Face, open, PHONE, signInBehind, test } from '../support/test.ts';

/** Who looks, in this order: the first one to whom a page is not refused. */
const EYES: Record<Face, Who[]> = { portal: ['jean'], bureau: ['advisor', 'accountant', 'admin'] };
const THEMES = ['light', 'dark'] as const;
const LOCALES = { fr: 'fr-FR', en: 'en-GB' } as const;
const TALLEST = 6_000;
const SIZES = { desktop: DESKTOP, phone: PHONE };

const only = process.env.E2E_ONLY ?? '';
const faces = (['portal', 'bureau'] as const).map((face) => ({
  face,
  routes: routesOf(face).filter((each) => each.path.includes(only)),
}));
const total =
  faces.reduce((sum, { routes }) => sum + routes.length, 0) *
  THEMES.length *
  Object.keys(LOCALES).length *
  Object.keys(SIZES).length;
let done = 0;

for (const { face, routes } of faces) {
  test(`${face}: every page`, async ({ browser }) => {
    test.setTimeout(3_600_000);
    const ids = await stage.house();
    for (const [language, locale] of Object.entries(LOCALES)) {
      const outside = await (await open(browser, { locale })).newPage();
      const eyes = await Promise.all(EYES[face].map((who) => comeIn(open(browser, { locale }), who, language)));
      for (const route of routes) {
        const address = `${baseOf(face)}${addressOf(route, ids)}`;
        const page = route.inside ? await firstWhoMay(eyes, address) : outside;
        if (!route.inside) await show(page, address);
        for (const [name, size] of Object.entries(SIZES)) {
          await page.setViewportSize(size);
          if (name === 'phone') await unrolled(page);
          for (const theme of THEMES) {
            await page.emulateMedia({ colorScheme: theme });
            await settled(page);
            const file = `${process.env.E2E_SHOTS}/${face}/${language}/${theme}/${name}/${nameOf(route.path)}.png`;
            mkdirSync(dirname(file), { recursive: true });
            await page.screenshot({ path: file, animations: 'disabled' });
            done += 1;
            console.log(`picture ${done}/${total} ${address}`);
          }
        }
      }
      for (const each of [outside, ...eyes]) await each.context().close();
    }
  });
}

/** As tall as what stands in it: the bar is below everything then, and no list waits to be scrolled to. */
async function unrolled(page: Page) {
  await settled(page);
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: PHONE.width, height: Math.min(Math.max(whole, PHONE.height), TALLEST) });
}

const nameOf = (path: string) => path.replaceAll(/[/$]+/g, '-').replace(/^-/, '') || 'home';

async function comeIn(opening: Promise<BrowserContext>, who: Who, language: string): Promise<Page> {
  const context = await opening;
  const page = await context.newPage();
  await signInBehind(page, who);
  // The language is the account's own until somebody switches; here it is switched before anything is drawn.
  const me = (await (await page.request.get('/api/v1/me')).json()) as { account_id: string };
  await page.addInitScript(
    ([account, chosen]) => {
      localStorage.setItem('quittance.language', JSON.stringify([account, chosen]));
      localStorage.setItem('PARAGLIDE_LOCALE', chosen as string);
    },
    [me.account_id, language],
  );
  return page;
}

async function firstWhoMay(eyes: Page[], address: string): Promise<Page> {
  for (const page of eyes) {
    // What a page opens at first may depend on its width.
    await page.setViewportSize(DESKTOP);
    await show(page, address);
    if ((await page.locator('main [role="alert"]').count()) === 0) return page;
  }
  return eyes[0] as Page;
}

async function show(page: Page, address: string) {
  await page.goto(address);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await settled(page);
}
