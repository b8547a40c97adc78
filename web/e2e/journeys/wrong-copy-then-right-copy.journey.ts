import { acceptCopy, refuseCopy, returnCopy, status } from '../support/acts.ts';
import { expect, stage, test } from '../support/test.ts';

const WHY = 'Il n’y a que la première page. Merci d’envoyer le contrat entier, signé.';

test('a photo of the first page is refused with a reason, the client reads it and sends the whole contract, which is accepted', async ({
  desk,
}) => {
  const { loan_id, contract_id } = await stage.loan({ until: 'sent' });
  const jean = await desk('jean', { at: `/contracts/${contract_id}` });
  await returnCopy(jean, await stage.paper(loan_id, 'first page'));
  await status(jean, /reçue|en vérification|en cours d’examen|examinée/i);

  const ana = await desk('advisor', { at: `/contracts/${contract_id}` });
  await refuseCopy(ana, WHY);
  await expect(jean.getByText(WHY).first(), 'the client hears why without loading the page again').toBeVisible();

  await returnCopy(jean, await stage.paper(loan_id, 'signed'));
  await status(jean, /reçue|en vérification|en cours d’examen|examinée/i);
  await expect(ana.getByRole('button', { name: /^accepter/i }).first()).toBeEnabled();
  await acceptCopy(ana);
  await status(ana, /^signé/i);
  await status(jean, /^signé/i);
});

test('a file that is no document is refused at once, and nothing changes', async ({ desk, guard }) => {
  guard.allow(/status of 4(15|22|00|13)/);
  const { contract_id } = await stage.loan({ until: 'sent', months: 12 });
  const jean = await desk('jean', { at: `/contracts/${contract_id}` });
  await returnCopy(jean, {
    name: 'contrat-signe.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('Bonjour,\n\nmon contrat est en route.\n'),
  });
  await expect(jean.getByRole('alert').first()).toBeVisible();
  expect(await stage.read<{ status: string }>('advisor', `/api/v1/contracts/${contract_id}`)).toMatchObject({
    status: 'sent',
  });
});
