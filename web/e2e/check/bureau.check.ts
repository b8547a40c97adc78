import { everyWay } from '../support/axe.ts';
import { checkFace } from '../support/face.ts';
import { expect, test } from '../support/test.ts';

checkFace('bureau');

test('bureau: palette, shortcuts, menu of the account and menu of a phone are well made when they are open', async ({
  desk,
}) => {
  const page = await desk('advisor');
  const found: string[] = [];
  for (const [what, key] of [
    ['palette', 'Control+k'],
    ['shortcuts', '?'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog')).toBeVisible();
    found.push(...(await everyWay(page, what)));
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  await page.getByRole('button', { name: /mon compte/i }).click();
  await expect(page.getByRole('button', { name: 'Se déconnecter' })).toBeVisible();
  found.push(...(await everyWay(page, 'menu of the account')));
  expect(found).toEqual([]);
});
