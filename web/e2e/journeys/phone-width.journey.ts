import { beginRequest, fillRequest, returnCopy, sendRequest, status } from '../support/acts.ts';
import { expect, signIn, stage, test } from '../support/test.ts';

test('on a phone a client finds the way with a thumb, asks for a loan and returns a contract as a photo', async ({
  browserOf,
}) => {
  const page = await browserOf({ phone: true });
  await page.goto('/');
  await signIn(page, 'jean');
  const tabs = page.getByRole('navigation', { name: 'Onglets' });
  await expect(tabs).toBeVisible();
  for (const tab of await tabs.getByRole('link').all()) {
    const box = await tab.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), 'large enough for a thumb').toBeGreaterThanOrEqual(44);
  }
  await tabs.getByRole('link', { name: 'Prêts' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Mes prêts' })).toBeVisible();

  await beginRequest(page);
  await fillRequest(page, {
    product: /^Prêt personnel/,
    amount: '4000',
    months: '12',
    purpose: 'Un vélo pour le travail',
  });
  await sendRequest(page);
  await status(page, /^demandé/i);

  const { loan_id, contract_id } = await stage.loan({ until: 'sent' });
  await page.goto(`/contracts/${contract_id}`);
  await returnCopy(page, await stage.paper(loan_id, 'first page'));
  await status(page, /reçue|en vérification|en cours d’examen|examinée/i);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide, 'nothing is wider than the phone').toBeLessThanOrEqual(0);
});

test('on a phone the back-office opens its menu, and a list keeps to the width', async ({ desk }) => {
  const page = await desk('advisor', { phone: true });
  await page.getByRole('button', { name: 'Ouvrir le menu' }).click();
  await page.getByRole('navigation', { name: 'Menu principal' }).getByRole('link', { name: 'Prêts' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Prêts' })).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
});
