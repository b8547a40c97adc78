import { expect, signIn, test } from '../support/test.ts';

test('a client reads in French, switches to English in place, and finds English again the next day', async ({
  browserOf,
}) => {
  const page = await browserOf();
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1, name: 'Se connecter' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await signIn(page, 'jean');
  await expect(page.getByRole('heading', { level: 1, name: /^Bonjour/ })).toBeVisible();

  await page.getByRole('button', { name: /switch to English/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^(Hello|Good)/ })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');

  // Halfway through a form: everything is drawn anew, and what was typed is there.
  await page.goto('/loans/new');
  await page.getByRole('radio', { name: /^Personal loan/ }).check();
  await page.getByRole('textbox', { name: /purpose/i }).fill('A cello');
  const back = page.getByRole('button', { name: /passer en français/ });
  await back.click();
  await expect(page.getByRole('textbox', { name: /objet/i })).toHaveValue('A cello');
  await expect(page.getByRole('radio', { name: /^Prêt personnel/ })).toBeChecked();
  const forth = page.getByRole('button', { name: /switch to English/ });
  await expect(forth, 'whoever uses the keyboard is where they were').toBeFocused();
  await forth.click();

  const again = await page.context().newPage();
  await again.goto('/loans');
  await expect(again.getByRole('heading', { level: 1, name: 'My loans' })).toBeVisible();
});

test('a browser that speaks English gets English before anybody says who they are', async ({ browserOf }) => {
  const page = await browserOf({ locale: 'en-GB' });
  await page.goto('/bureau/');
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  await page.getByRole('button', { name: /passer en français/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Se connecter' })).toBeVisible();
});
