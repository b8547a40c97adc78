import { approve, loseAnswers, sendDecline, status, typeDecline } from '../support/acts.ts';
import { expect, stage, test } from '../support/test.ts';

const WHY = 'La charge mensuelle dépasserait un tiers des revenus.';

test('two decide at once: the second one is shown what changed meanwhile, and what was typed is kept', async ({
  desk,
  guard,
}) => {
  guard.allow(/status of 409/, /\/api\/v1\/events/);
  const { loan_id } = await stage.loan();
  const ana = await desk('advisor', { at: '/loans' });
  // Her connection for news is cut: she cannot know.
  await ana.context().route('**/api/v1/events**', (route) => route.abort());
  await ana.goto(`/bureau/loans/${loan_id}`);
  const field = await typeDecline(ana, WHY);

  await stage.send('approver', `/api/v1/loans/${loan_id}/approve`);
  await sendDecline(ana);

  const changed = ana.getByRole('dialog', { name: 'Modifié entre-temps' });
  await expect(changed).toBeVisible();
  await expect(changed.getByRole('deletion').filter({ hasText: 'Demandé' })).toBeVisible();
  await expect(changed.getByRole('insertion').filter({ hasText: /Accordé/ })).toBeVisible();
  await changed.getByRole('button', { name: /revoir avant d’envoyer/i }).click();
  await expect(field).toHaveValue(WHY);
  const loan = await stage.read<{ status: string }>('approver', `/api/v1/loans/${loan_id}`);
  expect(loan.status, 'the decision of the first one stands').toBe('approved');
});

test('the answer to an approval is lost: it is sent again under the same key, and happened once', async ({
  desk,
  guard,
}) => {
  guard.allow(/ERR_INTERNET_DISCONNECTED/);
  const { loan_id } = await stage.loan();
  const ben = await desk('approver', { at: `/loans/${loan_id}` });
  const keys = await loseAnswers(ben, /\/approve$/, 1);
  await approve(ben);
  await status(ben, /^accordé/i);
  await expect(ben.getByRole('dialog')).toHaveCount(0);
  expect(keys.length).toBe(2);
  expect(new Set(keys).size, 'one key').toBe(1);
  expect(await approvals(loan_id)).toBe(1);
});

test('the network goes away in the middle of sending: it is said, nothing typed is lost, and the next try has the same key', async ({
  desk,
  guard,
}) => {
  guard.allow(/ERR_INTERNET_DISCONNECTED/, /ERR_NETWORK/);
  const { loan_id } = await stage.loan();
  const ben = await desk('approver', { at: `/loans/${loan_id}` });
  const keys = await loseAnswers(ben, /\/approve$/, 3);
  await ben
    .getByRole('main')
    .getByRole('button', { name: /^accorder/i })
    .first()
    .click();
  const dialog = ben.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /taux/i }).fill('5,25');
  await dialog.getByRole('button', { name: /^accorder/i }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  expect(keys.length, 'tried by itself first').toBe(3);
  await expect(dialog.getByRole('textbox', { name: /taux/i })).toHaveValue('5,25');
  await dialog.getByRole('button', { name: /^accorder/i }).click();
  await expect(dialog).toHaveCount(0);
  await status(ben, /^accordé/i);
  expect(new Set(keys).size, 'one key').toBe(1);
  expect(await approvals(loan_id)).toBe(1);
  expect(await stage.read<{ rate: number }>('approver', `/api/v1/loans/${loan_id}`)).toMatchObject({ rate: 525 });
});

async function approvals(loan: string): Promise<number> {
  const { items } = await stage.read<{ items: { event: string }[] }>('approver', `/api/v1/loans/${loan}/history`);
  return items.filter(({ event }) => event === 'Loan.Approved').length;
}
