import { expect, type Page } from '@playwright/test';
import { everyWay, findings, settled } from './axe.ts';
import { BUDGETS, firstRoute, furtherRoute, Traffic, weigh } from './budget.ts';
import { openings } from './openings.ts';
import { addressOf, type Route, routesOf } from './routes.ts';
import { stage, type Who } from './stage.ts';
import { baseOf, type Face, signInBehind, test } from './test.ts';

/** Who looks at a page: the first one of these who may. */
const EYES: Record<Face, Who[]> = { portal: ['jean'], bureau: ['advisor', 'accountant', 'admin'] };
/** Whoever may not look at a page is told so, and the next one looks; a part that is refused to that one is found in the page. */
const REFUSED = /status of 403/;
const IN_MAIN = 'main [role="alert"]';

// Forty pages, each looked at four times, on a machine that may be busy.
const PATIENCE = 600_000;

/** What is asked of each page of a face in a house where nothing happened yet. */
export function checkEmpty(face: Face) {
  test.describe.configure({ timeout: PATIENCE });
  test(`${face}: where there is nothing yet, every page says so`, async ({ desk, guard }) => {
    guard.allow(REFUSED);
    const found: string[] = [];
    const pages = await Promise.all(EYES[face].map((who) => desk(who)));
    for (const route of routesOf(face).filter((each) => each.inside && each.params.length === 0)) {
      const page = await whoMay(pages, (one) => show(face, one, route, {}));
      if (!page) found.push(`${route.path}: nobody may look at it`);
      else {
        const bare = await page.locator('table:has(tbody):not(:has(tbody tr))').count();
        if (bare > 0) found.push(`${route.path}: a table without rows, and nothing that says why`);
        found.push(...(await findings(page)).map((each) => `${route.path}, empty: ${each}`));
      }
    }
    expect(found).toEqual([]);
  });
}

/** Everything else that is asked of each page of a face. A new screen is in the route tree, and so in here. */
export function checkFace(face: Face) {
  test.describe.configure({ timeout: PATIENCE });
  const routes = routesOf(face);
  const inside = routes.filter((each) => each.inside);
  const outside = routes.filter((each) => !each.inside);

  test(`${face}: before the door, every page is well made, and its policy lets no script stand in a page`, async ({
    browserOf,
  }) => {
    const page = await browserOf();
    const found: string[] = [];
    for (const route of outside) {
      const answer = await page.goto(`${baseOf(face)}${route.path}`);
      found.push(...policy(route.path, answer?.headers()['content-security-policy'] ?? ''));
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      found.push(...(await everyWay(page, route.path)));
    }
    expect(found).toEqual([]);
  });

  test(`${face}: the first page weighs what it may`, async ({ browserOf }) => {
    const page = await browserOf();
    await signInBehind(page, EYES[face][0] as Who);
    const traffic = new Traffic(page);
    await page.goto(`${baseOf(face)}/`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const usable = traffic.requests.length;
    await settled(page);
    const { js, css, chart } = weigh(traffic.files());
    console.log(
      `${face}: first page ${js.toFixed(1)} kB of JS, ${css.toFixed(1)} of CSS, ${chart.toFixed(1)} of charts, ${usable} requests`,
    );
    expect(firstRoute(face, traffic.files(), usable, BUDGETS[face])).toEqual([]);
  });

  test(`${face}: every page is well made in both themes, on both widths, with what it opens, and light`, async ({
    desk,
    guard,
  }) => {
    guard.allow(REFUSED);
    const ids = await stage.house();
    const found: string[] = [];
    let opened = 0;
    const pages = await Promise.all(EYES[face].map((who) => desk(who)));
    const home = new Set(
      await filesOf(pages[0] as Page, () => show(face, pages[0] as Page, { path: '/', inside: true, params: [] }, ids)),
    );
    for (const route of inside) {
      let files: string[] = [];
      const page = await whoMay(pages, async (one) => {
        files = await filesOf(one, () => show(face, one, route, ids));
      });
      if (!page) {
        found.push(`${route.path}: nobody may look at it`);
        continue;
      }
      found.push(
        ...furtherRoute(
          route.path,
          files.filter((each) => !home.has(each)),
          BUDGETS[face],
        ),
      );
      found.push(...(await everyWay(page, route.path)));
      const openable = await openings(page, guard);
      opened += openable.count;
      found.push(...openable.found.map((each) => `${route.path}, ${each}`));
    }
    console.log(`${face}: ${inside.length} pages, ${opened} openings`);
    expect(found).toEqual([]);
  });

  test(`${face}: what is refused is said on every page, with a way out`, async ({ desk, guard }) => {
    const ids = await stage.house();
    const page = await desk(face === 'portal' ? 'jean' : 'advisor');
    const refusal = await stage.refusal();
    guard.allow(REFUSED);
    await page.route(/\/api\/v1\/(?!me$|me\/|auth\/|events)/, (route) =>
      route.request().method() === 'GET'
        ? route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(refusal) })
        : route.continue(),
    );
    const found: string[] = [];
    for (const route of inside) {
      await page.goto(`${baseOf(face)}${addressOf(route, ids)}`);
      await expect(page.getByRole('navigation').first()).toBeVisible();
      await settled(page);
      const silent = (await page.locator('main').innerText()).trim().length < 20;
      if (silent) found.push(`${route.path}: refused, and nothing is said`);
      found.push(...(await findings(page)).map((each) => `${route.path}, refused: ${each}`));
    }
    expect(found).toEqual([]);
  });
}

async function show(face: Face, page: Page, route: Route, ids: Record<string, string>) {
  await page.goto(`${baseOf(face)}${addressOf(route, ids)}`);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await settled(page);
}

/** The page of the first one to whom it is not refused. */
async function whoMay(pages: Page[], look: (page: Page) => Promise<void>): Promise<Page | null> {
  for (const page of pages) {
    await look(page);
    if ((await page.locator(IN_MAIN).count()) === 0) return page;
  }
  return null;
}

async function filesOf(page: Page, look: () => Promise<void>): Promise<string[]> {
  // Where the last click was a link may come to stand, and what it leads to would be fetched beforehand.
  await page.mouse.move(0, 0);
  const traffic = new Traffic(page);
  await look();
  return traffic.files();
}

/** What is too wide about a policy of content. */
export function policy(what: string, said: string): string[] {
  const scripts = said.split(';').find((each) => each.trim().startsWith('script-src')) ?? '';
  const wide = ["'unsafe-inline'", "'unsafe-eval'", 'http:', 'https:', 'data:', '*'].filter((each) =>
    scripts.split(/\s+/).includes(each),
  );
  if (!scripts) return [`${what}: no policy says where scripts come from`];
  return wide.map((each) => `${what}: the policy of scripts has ${each}`);
}
