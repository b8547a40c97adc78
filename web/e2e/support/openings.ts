import { expect, type Page, type Request } from '@playwright/test';
import { everyWay, onScreen, settled } from './axe.ts';
import type { Guard } from './guard.ts';
import { DESKTOP } from './test.ts';

/** Opens whatever a button of this page opens, and looks at it; nothing is sent meanwhile, so nothing changes. */
export async function openings(page: Page, guard: Guard): Promise<{ count: number; found: string[] }> {
  const found: string[] = [];
  let count = 0;
  guard.allow(/net::ERR_FAILED/);
  const sent = /\/api\/v1\/(?!auth\/refresh)/;
  await page.route(sent, (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()));
  const here = page.url();
  const openers = page.locator(
    'main button:visible:enabled:not([type="submit"]):not(th button):not([role="tab"]):not([popovertarget])',
  );
  const names = await openers.evaluateAll((buttons) =>
    buttons.map((each) => each.getAttribute('aria-label') ?? each.textContent ?? ''),
  );
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    // One of many rows stands for all of them: they differ by a reference, a date, an amount.
    const kind = name.replaceAll(/\S*\d\S*/g, '#');
    if (seen.has(kind)) continue;
    seen.add(kind);
    if (!(await openers.nth(index).isVisible())) continue;
    const dialog = page.locator('dialog[open]');
    if (await opens(page, () => openers.nth(index).click())) {
      count += 1;
      found.push(...(await everyWay(page, `“${name.trim()}” opened`, [DESKTOP])));
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    }
    if (page.url() !== here) {
      await page.goto(here);
      await settled(page);
    }
  }
  await page.unroute(sent);
  return { count, found };
}

/** What came as a file of its own is drawn up to 300 ms after its stand-in: so long React holds it back. */
const HELD_BACK = 300;

/** Whether a dialog is open when all that was asked for in doing so is answered, and drawn. */
async function opens(page: Page, click: () => Promise<void>): Promise<boolean> {
  const open = new Set<Request>();
  let [quiet, still] = [0, 0];
  const asked = (request: Request) => {
    // News come for as long as the page is there.
    if (request.resourceType() === 'eventsource') return;
    open.add(request);
    if (request.resourceType() === 'script') still = HELD_BACK;
    quiet = 0;
  };
  const answered = (request: Request) => void open.delete(request);
  page.on('request', asked).on('requestfinished', answered).on('requestfailed', answered);
  try {
    await click();
    let since = 0;
    await expect(async () => {
      await onScreen(page);
      quiet = open.size > 0 ? 0 : quiet + 1;
      if (quiet <= 1) since = performance.now();
      expect(quiet).toBeGreaterThan(5);
      expect(performance.now() - since).toBeGreaterThanOrEqual(still);
    }).toPass({ intervals: [0], timeout: 60_000 });
    return (await page.locator('dialog[open]').count()) > 0;
  } finally {
    page.off('request', asked).off('requestfinished', answered).off('requestfailed', answered);
  }
}
