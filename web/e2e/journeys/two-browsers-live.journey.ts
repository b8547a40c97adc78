import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { approve, status } from '../support/acts.ts';
import { expect, signInBehind, stage, test } from '../support/test.ts';

test('what one does, the other sees: the client’s page and the advisor’s list follow without being loaded again', async ({
  desk,
}) => {
  const { loan_id, reference } = await stage.loan();
  const [jean, ana, ben] = await Promise.all([
    desk('jean', { at: `/loans/${loan_id}` }),
    desk('advisor', { at: '/loans' }),
    desk('approver', { at: `/loans/${loan_id}` }),
  ]);
  const row = (which: string) => ana.getByRole('row').filter({ hasText: which });
  await status(jean, /^demandé/i);
  await expect(ana.getByText('En direct')).toBeVisible();
  await expect(row(reference)).toContainText('Demandé');

  await approve(ben);
  await status(jean, /^accordé/i);

  // A list does not move under its reader: it says that there is news, and waits.
  const news = ana.getByRole('button', { name: /\d changements?/ });
  await expect(news).toBeVisible();
  const further = await stage.loan({ months: 18 });
  await expect(news).toHaveText(/[2-9] changements/);
  await expect(row(reference)).toContainText('Demandé');
  await expect(row(further.reference)).toHaveCount(0);
  // What the machine does because of both would be news once more, if it came after the look.
  await stage.settle();
  await news.click();
  await expect(row(reference)).toContainText('Accordé');
  await expect(row(further.reference)).toBeVisible();
  await expect(news).toHaveCount(0);
});

test('many tabs of one browser share one connection, and when the tab that has it closes, another takes over', async ({
  browserOf,
}) => {
  // What follows from the loans before would be news as well.
  await stage.settle();
  const first = await browserOf();
  const connections: Page[] = [];
  first.context().on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/v1/events') connections.push(request.frame().page());
  });
  await signInBehind(first, 'advisor');
  await first.goto('/bureau/loans');
  await expect(first.getByText('En direct')).toBeVisible();
  const second = await first.context().newPage();
  const third = await first.context().newPage();
  await Promise.all([second, third].map((tab) => tab.goto('/bureau/loans')));
  for (const tab of [second, third])
    await expect(tab.getByText('En direct'), 'a tab that came later knows how the connection is').toBeVisible();
  expect(connections, 'one tab has the connection').toEqual([first]);

  const news = (tab: Page) => tab.getByRole('button', { name: /^1 changement/ });
  await stage.loan({ months: 9 });
  for (const tab of [first, second, third]) await expect(news(tab)).toBeVisible();

  await first.close();
  await expect.poll(() => connections.length).toBe(2);
  expect([second, third]).toContain(connections[1]);
  await stage.loan({ months: 8 });
  for (const tab of [second, third]) await expect(tab.getByRole('button', { name: /^2 changements/ })).toBeVisible();
});

test('what one does oneself is no news of the list that one has open; what another does is', async ({ desk }) => {
  const admin = await desk('admin', { at: '/accounts' });
  await expect(admin.getByText('En direct')).toBeVisible();
  await admin.getByRole('button', { name: 'Inviter quelqu’un' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /^nom/i }).fill('Programme du matin');
  await dialog.getByRole('checkbox', { name: 'Audit' }).check();
  await dialog.getByRole('button', { name: 'Envoyer l’invitation' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(admin.getByRole('row', { name: /Programme du matin/ })).toBeVisible();

  const other = { account_id: randomUUID(), label: 'Programme du soir', roles: ['auditor'], language: 'fr' };
  await stage.send('admin', '/api/v1/accounts', other);
  const news = admin.getByRole('button', { name: /changement/ });
  await expect(news, 'the other one alone').toHaveText(/^1 changement/);
  await news.click();
  await expect(admin.getByRole('row', { name: /Programme du soir/ })).toBeVisible();
  await expect(news).toHaveCount(0);
});
