import {
  acceptCopy,
  approve,
  beginRequest,
  fillRequest,
  payOut,
  prove,
  recordRepayment,
  returnCopy,
  sendRequest,
  status,
} from '../support/acts.ts';
import { expect, signIn, stage, test } from '../support/test.ts';

type Due = { number: number; interest: number; principal: number };

test('a client asks for a loan, both sides do their part on the screens, and the quittance is there to be fetched', async ({
  browserOf,
  desk,
  guard,
}) => {
  // Its account is opened by the machine because the money left: who looks in between is told that there is none yet.
  guard.allow(/status of 404.*\/account\)/);
  const awa = await browserOf();
  await awa.goto('/');
  await signIn(awa, 'awa');
  await beginRequest(awa);
  await fillRequest(awa, {
    product: /^Crédit équipement/,
    amount: '500000',
    months: '3',
    purpose: 'Achat d’un congélateur',
  });
  const reference = await sendRequest(awa);
  await status(awa, /^demandé/i);
  const loan = awa.url().match(/[0-9a-f-]{36}/)?.[0] ?? '';
  expect(loan).not.toBe('');

  const ben = await desk('approver', { at: '/loans' });
  await ben.getByRole('link', { name: reference }).click();
  await approve(ben);
  await status(ben, /^accordé/i);
  const { contract_id } = await stage.further(loan, 'sent');

  await awa.goto(`/contracts/${contract_id}`);
  await expect(
    awa
      .getByRole('link', { name: /télécharger/i })
      .or(awa.getByRole('button', { name: /télécharger/i }))
      .first(),
  ).toBeVisible();
  await returnCopy(awa, await stage.paper(loan, 'signed'));
  await status(awa, /reçue|en vérification|en cours d’examen|examinée/i);

  const ana = await desk('advisor', { at: `/contracts/${contract_id}` });
  await acceptCopy(ana);
  await status(ana, /^signé/i);
  await stage.settle();

  const chloe = await desk('accountant', { at: `/loans/${loan}` });
  // Money wants a proof that is younger than five minutes; what was being done goes on after it.
  await stage.lapse(6);
  await payOut(chloe, 'VIR 2026-1');
  await prove(chloe, 'accountant');
  await status(chloe, /^en cours/i);
  await stage.settle();
  const schedule = await stage.read<Due[]>('accountant', `/api/v1/loans/${loan}/schedule`);
  const owed = schedule.reduce((sum, each) => sum + each.interest + each.principal, 0);
  await recordRepayment(chloe, String(owed), 'VIR 2026-2');
  await expect(chloe.getByRole('dialog')).toHaveCount(0);
  await stage.finish(loan);

  // Three months later nobody's session is open any more.
  await awa.goto(`/loans/${loan}`);
  await signIn(awa, 'awa');
  await expect(awa.getByRole('heading', { level: 1 })).toBeVisible();
  await status(awa, /^remboursé/i);
  await expect(
    awa
      .getByRole('main')
      .getByText(/quittance/i)
      .first(),
  ).toBeVisible();
});
