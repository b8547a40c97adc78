import { createServer } from 'node:net';
import { chromium } from '@playwright/test';
import { URL_OF_HOUSE } from '../support/stage.ts';
import { expect, signInBehind, test } from '../support/test.ts';

const free = () =>
  new Promise<number>((resolve, reject) => {
    const asked = createServer().on('error', reject);
    asked.listen(0, '127.0.0.1', () => {
      const at = asked.address();
      asked.close(() => (at && typeof at === 'object' ? resolve(at.port) : reject(new Error('no port'))));
    });
  });

test('Lighthouse gives every mark for accessibility, and for the ways a page is made', async ({
  launchOptions,
}, info) => {
  test.setTimeout(300_000);
  const port = await free();
  const context = await chromium.launchPersistentContext(info.outputPath('profile'), {
    ...launchOptions,
    args: [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`, '--remote-debugging-address=127.0.0.1'],
    baseURL: URL_OF_HOUSE,
    locale: 'fr-FR',
  });
  const { default: lighthouse } = await import('lighthouse');
  const look = async (path: string) => {
    const seen = await lighthouse(`${URL_OF_HOUSE}${path}`, {
      port,
      onlyCategories: ['accessibility', 'best-practices'],
      disableStorageReset: true,
      logLevel: 'error',
      formFactor: 'desktop',
      screenEmulation: { disabled: true },
    });
    const marks = Object.values(seen?.lhr.categories ?? {}).map(
      ({ id, score }) => `${id} ${Math.round((score ?? 0) * 100)}`,
    );
    const wrong = Object.values(seen?.lhr.audits ?? {})
      .filter((each) => each.score !== null && each.score < 1)
      .map((each) => each.id);
    return `${path}: ${marks.join(', ')}${marks.every((each) => each.endsWith(' 100')) ? '' : ` because of ${wrong.join(', ')}`}`;
  };
  const well = (path: string) => `${path}: accessibility 100, best-practices 100`;
  try {
    expect(await look('/sign-in')).toBe(well('/sign-in'));
    const page = await context.newPage();
    await signInBehind(page, 'jean');
    expect(await look('/')).toBe(well('/'));
    await context.clearCookies();
    await signInBehind(page, 'advisor');
    expect(await look('/bureau/')).toBe(well('/bureau/'));
  } finally {
    await context.close();
  }
});
