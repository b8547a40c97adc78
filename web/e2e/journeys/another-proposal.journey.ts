import type { Page } from '@playwright/test';
import { status } from '../support/acts.ts';
import { expect, NARROW, stage, test } from '../support/test.ts';

const WHY = 'Une mensualité plus basse tient mieux dans votre budget.';

test('staff offer something else, the client sees both side by side on a phone and accepts', async ({ desk }) => {
  const { loan_id } = await stage.loan({ months: 12 });
  const ben = await desk('approver', { at: `/loans/${loan_id}` });
  await ben.getByRole('button', { name: 'Accorder', exact: true }).click();
  // From the approval itself: whoever reads there that it is too much offers something else.
  await ben.getByRole('dialog').getByRole('button', { name: 'Proposer autre chose' }).click();
  const dialog = ben.getByRole('dialog', { name: /^proposer autre chose pour/i });
  await expect(dialog.getByText('Ce n’est pas ce qui a été demandé')).toBeVisible();
  await expect(dialog.getByText(/change le montant, le nombre/i)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Montant prêté' }).fill('4000');
  await dialog.getByRole('textbox', { name: 'Nombre d’échéances' }).fill('36');
  await dialog.getByRole('textbox', { name: 'Pourquoi cette proposition' }).fill(WHY);
  await expect(side(dialog, 'Chaque échéance')).toHaveText(/121,69/);
  await expect(dialog.getByText(/change le montant, le nombre/i)).toHaveCount(0);
  await pictured(ben, 'bureau-dialog');
  await dialog.getByRole('button', { name: 'Envoyer la proposition' }).click();
  await expect(dialog).toHaveCount(0);
  await status(ben, /^contre-proposition/i);
  await pictured(ben, 'bureau-file');

  const jean = await desk('jean', { phone: true });
  await jean
    .getByRole('link', { name: /répondre/i })
    .first()
    .click();
  await expect(jean.getByRole('heading', { name: 'Nous vous proposons autre chose' })).toBeVisible();
  await expect(jean.getByText(WHY).first()).toBeVisible();
  await expect(side(jean, 'Montant prêté')).toHaveText(/4\s000,00/);
  await pictured(jean, 'portal-phone');
  await jean.setViewportSize(NARROW);
  expect(await jean.evaluate(() => document.documentElement.scrollWidth), 'sideways').toBeLessThanOrEqual(NARROW.width);
  await jean.getByRole('button', { name: 'Accepter la proposition' }).click();
  await jean.getByRole('dialog').getByRole('button', { name: 'Accepter la proposition' }).click();
  await status(jean, /^accordé/i);
  const loan = await stage.read<Loan>('approver', `/api/v1/loans/${loan_id}`);
  expect([loan.principal, loan.months, loan.requested_months]).toEqual([400_000, 36, 12]);
});

test('the client declines, and the request waits for a decision again', async ({ desk }) => {
  const { loan_id } = await stage.loan({ months: 12 });
  await stage.send('approver', `/api/v1/loans/${loan_id}/counter-offer`, { months: 24, reason: WHY });
  const jean = await desk('jean', { at: `/loans/${loan_id}` });
  await pictured(jean, 'portal-desktop');
  await jean.getByRole('button', { name: 'Refuser' }).click();
  await jean.getByRole('dialog').getByRole('button', { name: 'Refuser' }).click();
  await status(jean, /^demandé/i);
  const ana = await desk('advisor', { at: `/loans/${loan_id}` });
  await expect(ana.getByText('Refusée')).toBeVisible();
  await pictured(ana, 'bureau-declined');
});

test('staff enter what the client said', async ({ desk }) => {
  const { loan_id } = await stage.loan({ months: 12 });
  await stage.send('approver', `/api/v1/loans/${loan_id}/counter-offer`, { months: 24, reason: WHY });
  const ana = await desk('advisor', { at: `/loans/${loan_id}` });
  await ana.getByRole('button', { name: 'Saisir la réponse du client' }).click();
  await pictured(ana, 'bureau-answer');
  await ana.getByRole('dialog').getByRole('button', { name: 'Le client accepte' }).click();
  await status(ana, /^accordé/i);
});

type Loan = { principal: number; months: number; requested_months: number };

/** The right-hand figure of a row of the comparison. */
const side = (where: Pick<Page, 'getByRole'>, label: string) =>
  where
    .getByRole('row', { name: new RegExp(`^${label}`) })
    .getByRole('cell')
    .last();

/** For whoever wants to look: E2E_SHOTS names a folder. */
async function pictured(page: Page, name: string) {
  const folder = process.env.E2E_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true, animations: 'disabled' });
}
