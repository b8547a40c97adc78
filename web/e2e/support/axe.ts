import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, type Page } from '@playwright/test';
import type axe from 'axe-core';
import { DESKTOP, NARROW, PHONE } from './test.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules that look at colours: all that a theme can change on a page that is otherwise the same. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** The name of the switch between the themes: it says the other one. */
const SWITCH = ['fr', 'en'].flatMap((language) => {
  const file = resolve(import.meta.dirname, `../../messages/common/${language}.json`);
  const words = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return [words.theme_light, words.theme_dark];
});

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
 * What stands where, with every attribute: where it is the same in both themes, only colours differ. Left out is the
 * switch between the themes, which is the same on every page.
 */
const outline = (page: Page): Promise<string> =>
  page.evaluate((names) => {
    const isSwitch = (each: Element) => names.includes(each.closest('[aria-label]')?.getAttribute('aria-label') ?? '');
    return [...document.body.querySelectorAll('*:not(svg *)')]
      .filter((each) => !isSwitch(each))
      .map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        const own = [...each.attributes].map(({ name, value }) => `${name}=${value}`);
        const text = each.childElementCount === 0 ? each.textContent : '';
        return [each.localName, ...own, x, y, width, height, text].join(' ');
      })
      .join('\n');
  }, SWITCH);

/** What was changed last is on the screen. */
export const onScreen = (page: Page) =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/** Drawn, and nothing moves any more but what moves for ever. */
async function still(page: Page) {
  await onScreen(page);
  await page.evaluate(async () => {
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
