import type { Locator, Page } from '@playwright/test';
import { status } from '../support/acts.ts';
import { expect, stage, test } from '../support/test.ts';

/** Goes on with Tab until something has the focus. Whatever cannot be reached like this cannot be used by everybody. */
async function tabTo(page: Page, wanted: Locator, most = 80) {
  const has = () => wanted.evaluateAll((found) => found.includes(document.activeElement as HTMLElement));
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    if (await has()) return;
  }
  throw new Error(`not reached within ${most} steps of the Tab key: ${wanted}`);
}

test('an approver signs in, finds a request, decides, and leaves, with the keyboard alone', async ({ browserOf }) => {
  const { reference, loan_id } = await stage.loan();
  const person = (await stage.people()).approver;
  const page = await browserOf();
  await page.goto('/bureau/');
  await tabTo(page, page.getByLabel('Adresse électronique'));
  await page.keyboard.type(person.email);
  await tabTo(page, page.getByRole('textbox', { name: 'Mot de passe' }));
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  const code = page.getByLabel('Code à six chiffres');
  await expect(code).toBeVisible();
  if (!(await code.evaluate((each) => each === document.activeElement))) await tabTo(page, code);
  await page.keyboard.type(await stage.code('approver'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Menu principal' })).toBeVisible();

  // The first thing that Tab reaches inside skips the menu.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Aller au contenu' })).toBeFocused();

  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Rechercher ou agir' });
  await expect(palette.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('prets');
  await expect(palette.getByRole('option', { name: /^Prêts/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Prêts' })).toBeVisible();

  const link = page.getByRole('link', { name: reference });
  await expect(link).toBeVisible();
  await tabTo(page, link);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(loan_id));
  const approve = page
    .getByRole('main')
    .getByRole('button', { name: /^accorder/i })
    .first();
  await expect(approve).toBeVisible();
  await tabTo(page, approve);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  if (await dialog.isVisible()) {
    await tabTo(page, dialog.getByRole('button', { name: /^accorder/i }).last());
    await page.keyboard.press('Enter');
  }
  await status(page, /^accordé/i);
  await expect(dialog).toHaveCount(0);

  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('dialog', { name: 'Raccourcis clavier' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.reload();
  await tabTo(page, page.getByRole('button', { name: /mon compte/i }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Se déconnecter' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Se connecter' })).toBeVisible();
});
