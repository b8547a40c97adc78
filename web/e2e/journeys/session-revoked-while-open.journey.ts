import type { Page } from '@playwright/test';
import { beginRequest, fillRequest, sendRequest, status } from '../support/acts.ts';
import { expect, signIn, signInBehind, stage, test } from '../support/test.ts';

type Account = { account_id: string; email?: string; label?: string };

async function revoke(who: 'jean' | 'advisor') {
  const { email } = (await stage.people())[who];
  const { items } = await stage.read<{ items: Account[] }>('admin', '/api/v1/accounts?limit=100');
  const names = { jean: 'Jean Moreau', advisor: 'Ana Ferreira' };
  const account = items.find((each) => each.email === email || each.label === names[who]);
  if (!account) throw new Error(`no account of ${who}`);
  await stage.plain('admin', `/api/v1/accounts/${account.account_id}/sessions/revoke`);
}

test('a session is revoked while its page is open: it says so at once, and after signing in there nothing typed is lost', async ({
  desk,
}) => {
  const page = await desk('jean', { at: '/loans' });
  await beginRequest(page);
  await fillRequest(page, { product: /^Prêt personnel/, amount: '6000', months: '24', purpose: 'Une chaudière' });

  await revoke('jean');
  const over = page.getByRole('dialog', { name: 'La session est terminée' });
  await expect(over, 'the page hears of it by itself').toBeVisible();
  await signIn(page, 'jean');
  await expect(over).toHaveCount(0);
  await expect(page.getByRole('main').getByText('Une chaudière')).toBeVisible();
  await sendRequest(page);
});

test('a session that ended unheard: what is sent waits for the sign-in, then goes on by itself; a second tab goes on too', async ({
  browserOf,
  guard,
}) => {
  guard.allow(/\/api\/v1\/events/);
  const page = await browserOf();
  // Nothing is heard of it: the first word is the refusal of what is sent.
  await page.context().route('**/api/v1/events**', (route) => route.abort());
  await signInBehind(page, 'jean');
  await page.goto('/loans/new');
  await fillRequest(page, { product: /^Prêt personnel/, amount: '7000', months: '12', purpose: 'Un piano' });
  const second = await page.context().newPage();
  await second.goto('/profile');
  await expect(second.getByRole('heading', { level: 1 })).toBeVisible();
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/v1/loans'))
      asked.push(request.headers()['idempotency-key'] ?? 'none');
  });

  await revoke('jean');
  await page.getByRole('button', { name: /envoyer (ma|la) demande/i }).click();
  await second
    .getByRole('link', { name: 'Mes prêts' })
    .or(second.getByRole('link', { name: 'Prêts' }))
    .first()
    .click();
  const over = (tab: Page) => tab.getByRole('dialog', { name: 'La session est terminée' });
  await expect(over(second)).toBeVisible();
  await expect(over(page)).toBeVisible();
  await signIn(page, 'jean');
  await status(page, /^demandé/i);
  expect(new Set(asked).size, 'one intention, one key').toBe(1);
  await expect(over(second), 'whoever is in again in one tab is in again in all of them').toHaveCount(0);
  await expect(second.getByRole('heading', { level: 1, name: 'Mes prêts' })).toBeVisible();
});

test('a request that was left halfway is there again in another tab', async ({ desk }) => {
  const page = await desk('awa', { at: '/loans/new' });
  const wish = { product: /^Crédit équipement/, amount: '250000', months: '6', purpose: 'Une machine à coudre' };
  await fillRequest(page, wish);
  const again = await page.context().newPage();
  await page.close();
  await again.goto('/loans/new');
  await again.getByRole('button', { name: /reprendre/i }).click();
  await expect(again.getByRole('textbox', { name: /objet/i })).toHaveValue(wish.purpose);
  for (let step = 1; step < 5; step += 1) {
    await expect(again.getByText(`Étape ${step} sur 5`)).toBeVisible();
    await again.getByRole('button', { name: 'Continuer' }).click();
  }
  await sendRequest(again);
});

test('whoever goes on without signing in sees no more of the house', async ({ desk }) => {
  const { loan_id } = await stage.loan();
  const page = await desk('advisor', { at: `/loans/${loan_id}` });
  await revoke('advisor');
  await expect(page.getByRole('dialog', { name: 'La session est terminée' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Se connecter' })).toBeVisible();
  await signIn(page, 'advisor');
  await expect(page).toHaveURL(new RegExp(`/bureau/loans/${loan_id}$`));
});
