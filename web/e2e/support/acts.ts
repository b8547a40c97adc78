import { expect, type Locator, type Page } from '@playwright/test';
import { type Paper, stage, type Who } from './stage.ts';

/** What people do on the screens, by roles and labels: words change here, journeys stay. */

const button = (where: Page | Locator, name: RegExp) => where.getByRole('button', { name });
const either = (where: Page | Locator, name: RegExp) =>
  where.getByRole('link', { name }).or(where.getByRole('button', { name }));

export const REFERENCE = /[LK]-?\d{4}-\d{6}/;

export const status = (page: Page, word: RegExp) =>
  expect(page.getByRole('main').getByText(word).first()).toBeVisible();

/** The dialog that is open, or the page where a form stands in the page itself. */
async function form(page: Page): Promise<Locator> {
  const dialog = page.getByRole('dialog');
  return (await dialog.count()) > 0 ? dialog.last() : page.getByRole('main');
}

// ── the portal ─────────────────────────────────────────────────────────────

export type Wish = { product: RegExp; amount: string; months: string; purpose: string };

export async function beginRequest(page: Page) {
  await either(page.getByRole('main'), /demander un prêt|nouvelle demande/i)
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

/** Through the steps of the request, as many as there are: fills what is asked, in the order in which it is asked. */
export async function fillRequest(page: Page, wish: Wish, until = /envoyer (ma|la) demande/i) {
  const main = page.getByRole('main');
  const asked: [RegExp, string][] = [
    [/montant/i, wish.amount],
    [/durée|mensualités/i, wish.months],
    [/objet/i, wish.purpose],
  ];
  const send = button(main, until);
  const on = button(main, /^continuer/i);
  for (let step = 0; step < 8; step += 1) {
    await expect(send.or(on).first()).toBeVisible();
    const product = main.getByRole('radio', { name: wish.product });
    if (await product.isVisible()) await product.check();
    for (const [label, value] of asked) await fillIfAsked(main.getByLabel(label).first(), value);
    const unticked = main.getByRole('checkbox', { checked: false });
    while ((await unticked.count()) > 0) await unticked.first().check();
    if (await send.isVisible()) return;
    const before = await main.innerText();
    await on.click();
    await expect.poll(() => main.innerText()).not.toBe(before);
  }
  throw new Error('the request has more than eight steps, or does not go on');
}

async function fillIfAsked(field: Locator, value: string) {
  if (!(await field.isVisible()) || !(await field.isEditable().catch(() => false))) return;
  const tag = await field.evaluate((each) => `${each.tagName} ${each.getAttribute('type')}`);
  if (tag.startsWith('SELECT')) await field.selectOption(value);
  else if (tag.startsWith('INPUT') || tag.startsWith('TEXTAREA')) await field.fill(value);
}

export async function sendRequest(page: Page): Promise<string> {
  await button(page.getByRole('main'), /envoyer (ma|la) demande/i).click();
  await expect(page.getByRole('main').getByText(REFERENCE).first()).toBeVisible();
  return (await page.getByRole('main').getByText(REFERENCE).first().innerText()).match(REFERENCE)?.[0] ?? '';
}

/** The client sends a file back. */
export async function returnCopy(page: Page, paper: Paper) {
  await page.locator('input[type="file"]').first().setInputFiles(paper);
  await button(page.getByRole('main'), /^(envoyer|renvoyer)/i)
    .first()
    .click();
}

// ── the back-office ────────────────────────────────────────────────────────

/** Presses a button, and once more inside the dialog that asks, if one does. */
async function decide(page: Page, name: RegExp, fill: (where: Locator) => Promise<void> = async () => undefined) {
  await button(page.getByRole('main'), name).first().click();
  const where = await form(page);
  await fill(where);
  const dialog = page.getByRole('dialog');
  if ((await dialog.count()) > 0) await button(dialog.last(), name).last().click();
}

export const approve = (page: Page) => decide(page, /^accorder/i);
export const acceptCopy = (page: Page) => decide(page, /^accepter/i);

export const refuseCopy = (page: Page, reason: string) =>
  decide(page, /^refuser/i, (where) => where.getByRole('textbox', { name: /motif|raison|pourquoi/i }).fill(reason));

/** Opens the refusal of a request and types why; sends nothing yet. */
export async function typeDecline(page: Page, reason: string): Promise<Locator> {
  await button(page.getByRole('main'), /^refuser/i)
    .first()
    .click();
  const field = page.getByRole('textbox', { name: /motif|raison|pourquoi/i });
  await field.fill(reason);
  return field;
}

export const sendDecline = async (page: Page) =>
  button(await form(page), /^refuser/i)
    .last()
    .click();

export const payOut = (page: Page, reference: string) =>
  decide(page, /^verser/i, (where) => where.getByLabel(/référence/i).fill(reference));

export const recordRepayment = (page: Page, amount: string, reference: string) =>
  decide(page, /^enregistrer/i, async (where) => {
    await where.getByLabel(/montant/i).fill(amount);
    await where.getByLabel(/référence/i).fill(reference);
  });

/** A fresh proof is asked for over whatever is being done; then it goes on by itself. */
export async function prove(page: Page, who: Who) {
  const asked = page.getByRole('dialog', { name: /confirmez que c’est vous/i });
  await expect(asked).toBeVisible();
  await asked.getByRole('textbox', { name: /mot de passe/i }).fill((await stage.people())[who].password);
  await asked.getByRole('button', { name: /^continuer$/i }).click();
  await asked.getByLabel(/code à six chiffres/i).fill(await stage.code(who));
  await asked.getByRole('button', { name: /^continuer$/i }).click();
  await expect(asked).toHaveCount(0);
}

/** Sent, done, and the answer lost on its way back, as often as said; returns the keys under which it was sent. */
export async function loseAnswers(page: Page, path: RegExp, times: number): Promise<string[]> {
  const keys: string[] = [];
  await page.route(path, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    keys.push(route.request().headers()['idempotency-key'] ?? 'none');
    if (keys.length > times) return route.fallback();
    if (keys.length === 1) await route.fetch();
    return route.abort('internetdisconnected');
  });
  return keys;
}
