import { findings } from '../support/axe.ts';
import { firstRoute, furtherRoute, Traffic } from '../support/budget.ts';
import { policy } from '../support/face.ts';
import { expect, test } from '../support/test.ts';

/** Each check is shown something broken, and has to find it: one that is never red says nothing. */

test('a picture without words is found', async ({ browserOf }) => {
  const page = await browserOf();
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.evaluate(() => {
    const picture = document.createElement('img');
    picture.src = '/favicon.svg';
    document.querySelector('main')?.append(picture);
  });
  expect((await findings(page)).join()).toContain('image-alt');
});

test('a request to elsewhere is found', async ({ browserOf, guard }) => {
  const page = await browserOf();
  await page.setContent('<img alt="" src="http://127.0.0.2:8899/pixel.gif">', { waitUntil: 'commit' });
  await expect.poll(() => guard.found.join()).toContain('a request to elsewhere: http://127.0.0.2:8899/pixel.gif');
  guard.done();
});

test('a script that stands in the page is refused by the policy, and that is found', async ({ browserOf, guard }) => {
  const page = await browserOf();
  await page.goto('/sign-in');
  const put = page.evaluate(() => {
    const script = document.createElement('script');
    script.append('document.title = "mine"');
    document.head.append(script);
  });
  await put.catch(() => undefined);
  await expect.poll(() => guard.found.join()).toMatch(/Content Security Policy|TrustedScript/i);
  expect(await page.title()).not.toBe('mine');
  guard.done();
});

test('a policy that lets scripts stand in a page is found', () => {
  expect(policy('/', "default-src 'none'; script-src 'self' 'unsafe-inline'")).toHaveLength(1);
  expect(policy('/', "default-src 'none'")).toHaveLength(1);
  expect(policy('/', "script-src 'self' 'sha256-x='")).toEqual([]);
});

test('a page that became too heavy is found', async ({ browserOf }) => {
  const page = await browserOf();
  const traffic = new Traffic(page);
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const wide = { js: 999, css: 99, lazy: 999, font: 99, requests: 99 };
  const tight = { js: 1, css: 0.1, lazy: 1, font: 1, requests: 1 };
  expect(firstRoute('/sign-in', traffic.files(), traffic.requests.length, wide)).toEqual([]);
  expect(firstRoute('/sign-in', traffic.files(), traffic.requests.length, tight).length).toBeGreaterThanOrEqual(3);
  expect(furtherRoute('/sign-in', traffic.files(), tight)).toHaveLength(1);
});
