import { expect, type Page } from '@playwright/test';
import { everyWay } from './axe.ts';
import type { Guard } from './guard.ts';
import { DESKTOP } from './test.ts';

/** A dialog comes at once, or the button was no opener. */
const AT_ONCE = 700;

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
    // One of many rows stands for all of them.
    if (seen.has(name)) continue;
    seen.add(name);
    if (!(await openers.nth(index).isVisible())) continue;
    await openers.nth(index).click();
    const dialog = page.locator('dialog[open]');
    if (await appears(page)) {
      count += 1;
      found.push(...(await everyWay(page, `“${name.trim()}” opened`, [DESKTOP])));
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    }
    if (page.url() !== here) await page.goto(here);
  }
  await page.unroute(sent);
  return { count, found };
}

const appears = (page: Page) =>
  page
    .locator('dialog[open]')
    .waitFor({ timeout: AT_ONCE })
    .then(() => true)
    .catch(() => false);
