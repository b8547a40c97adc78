import { randomUUID } from 'node:crypto';
import { approve, status } from '../support/acts.ts';
import { expect, stage, test } from '../support/test.ts';

const SOURCE = 'Seuils de l’usure du trimestre';

test('a loan would cost more than its law allows: the numbers are shown, and at the highest rate that passes it is approved', async ({
  desk,
  guard,
}) => {
  guard.allow(/status of 409/);
  const loan = await asked();

  const ben = await desk('approver', { at: `/loans/${loan}` });
  const open = ben.getByRole('main').getByRole('button', { name: /^accorder/i });
  await open.first().click();
  const dialog = ben.getByRole('dialog');
  await expect(dialog.getByText(/aucun taux plafond n.est saisi/i)).toBeVisible();
  await dialog.getByRole('link', { name: 'Taux légaux' }).click();
  await expect(ben.getByRole('row').filter({ hasText: '15,87' })).toHaveCount(1);
  await expect(ben.getByRole('button', { name: 'Saisir un taux' })).toHaveCount(0);

  const admin = await desk('admin', { at: '/legal-rates' });
  // What was published came with the demonstration data; the quarter of today is not in it.
  await expect(admin.getByRole('row').filter({ hasText: '15,87' })).toHaveCount(1);
  await expect(admin.getByRole('row').filter({ hasText: '15,87' })).not.toContainText('En vigueur');
  await admin.getByRole('button', { name: 'Saisir un taux' }).first().click();
  const form = admin.getByRole('dialog');
  await form.getByLabel('TAEG maximum').fill('15,87');
  await form.getByLabel('Premier jour').fill('2026-04-01');
  await form.getByLabel('Source').fill(SOURCE);
  await form.getByRole('button', { name: 'Saisir' }).click();
  await expect(admin.getByRole('row').filter({ hasText: SOURCE })).toContainText('En vigueur');

  await ben.goto(`/bureau/loans/${loan}`);
  await approve(ben);
  await expect(dialog.getByRole('alert')).toContainText('plus que sa loi ne le permet');
  await expect(dialog.getByText('16,08').first()).toBeVisible();
  await expect(dialog.getByText(SOURCE).first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Prendre ce taux' }).click();
  await expect(dialog.getByRole('textbox', { name: /taux/i })).toHaveValue('14,82');
  await dialog.getByRole('button', { name: /^accorder/i }).click();
  await expect(dialog).toHaveCount(0);
  await status(ben, /^accordé/i);
  await expect(ben.getByText(SOURCE).first()).toBeVisible();
});

/** Jean asks for 5,000.00 EUR over 24 months of the product under French consumer law, at 15 %. */
async function asked(): Promise<string> {
  const { customer_id, contact_id } = await stage.loan();
  const loan_id = randomUUID();
  const eur = (amount: string) => ({ amount, currency: 'EUR' });
  const products = await stage.read<{ code: string; product_id: string }[]>('jean', '/api/v1/loan-products');
  const product_id = products.find((each) => each.code === 'credit-conso')?.product_id;
  const texts = await stage.read<{ consent: string; version: number }[]>('jean', '/api/v1/consents');
  const consents = texts.map(({ consent, version }) => ({ consent, version, language: 'fr' }));
  const terms = { principal: eur('5000.00'), months: 24, purpose: 'Une nouvelle cuisine', consents };
  await stage.send('jean', '/api/v1/loans', { loan_id, customer_id, contact_id, product_id, ...terms });
  return loan_id;
}
