import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type axe from 'axe-core';
import { DESKTOP, NARROW, PHONE } from './test.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules that look at colours: all that a theme can change on a page that is otherwise the same. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

const PROGRAM = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Asked = 'everything' | 'colours';

/** What axe finds on a page as it stands: one line for each element. */
export async function findings(page: Page, asked: Asked = 'everything'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(PROGRAM);
  const runOnly: axe.RunOnly = asked === 'colours' ? { type: 'rule', values: COLOURS } : { type: 'tag', values: TAGS };
  const violations = await page.evaluate(async (only) => {
    const program = (window as unknown as { axe: typeof axe }).axe;
    return (await program.run(document, { runOnly: only, resultTypes: ['violations'] })).violations;
  }, runOnly);
  return violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) =>
        `${id} (${impact}): ${help}: ${target.join(' ')}\n      ${failureSummary?.split('\n').slice(1).join(' ').trim()}`,
    ),
  );
}

/** Nothing loads any more. */
export async function settled(page: Page) {
  await expect(page.locator('[data-loading], [aria-busy="true"], .mantine-Skeleton-root')).toHaveCount(0);
}

/** Both themes, on a desktop and on a phone, without loading the page again; empty when all is well. */
export async function everyWay(page: Page, what: string, widths = [DESKTOP, PHONE]): Promise<string[]> {
  const found: string[] = [];
  const note = (where: string, all: string[]) => found.push(...all.map((each) => `${what}, ${where}: ${each}`));
  for (const size of widths) {
    await page.setViewportSize(size);
    let bright = '';
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
      await still(page);
      const drawn = await outline(page);
      note(`${theme}, ${size.width} px`, await findings(page, drawn === bright ? 'colours' : 'everything'));
      note(`${theme}, ${size.width} px`, await overflow(page));
      bright = drawn;
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(NARROW);
  await still(page);
  note(`${NARROW.width} px`, await overflow(page));
  await page.setViewportSize(DESKTOP);
  return found;
}

/**
 * What stands where, with every attribute: where it is the same in both themes, only colours differ. Left out is what
 * the switch between the themes says of itself, and that has the same name on every page.
 */
const outline = (page: Page): Promise<string> =>
  page.evaluate(() =>
    [...document.body.querySelectorAll('*:not(svg *)')]
      .map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        const own = [...each.attributes].map(({ name, value }) => `${name}=${value}`);
        const text = each.childElementCount === 0 ? each.textContent : '';
        return [each.localName, ...own, x, y, width, height, text].join(' ');
      })
      .join('\n'),
  );

/** Drawn, and nothing moves any more but what moves for ever. */
async function still(page: Page) {
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const moving = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(moving.map((each) => each.finished));
  });
}

/** A page is never wider than its window: what is wide scrolls in a place of its own. */
async function overflow(page: Page): Promise<string[]> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 0 ? [`the page is ${wide} px wider than its window`] : [];
}
