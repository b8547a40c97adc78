import { Button, Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '~/api/client';
import { ConfirmInformation } from '~/api/operations';
import type { Problem } from '~/api/problem';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { save } from '~/ui/export-button';
import { Answer, ProblemNote } from '~/ui/states';
import { useSeenLoan } from '../use-seen-loan';
import s from './information.module.css';
import type { Loan } from './loan-line';

type Document = components['schemas']['DocumentEntry'];
type Text = components['schemas']['ConsentText'];

/** What the law wants a borrower to have before the contract: the document itself, and the word that it was received. */
export function Information({ loan }: { loan: Loan }) {
  const texts = api.useQuery('get', '/api/v1/consents', { params: { query: { moment: 'approval' } } });
  const documents = api.useQuery('get', '/api/v1/documents', {
    params: { query: { about: loan.loan_id, purpose: 'information' } },
  });
  return (
    <Card title={m.my_information()} flush>
      <p className={s.about}>{m.my_information_about()}</p>
      <ul className={s.rights}>
        <li>{m.my_information_step_back()}</li>
        <li>{m.my_information_no_payment()}</li>
        <li>{m.my_information_early()}</li>
        <li>{m.my_information_late()}</li>
      </ul>
      <Answer of={documents} rows={2}>
        {({ items: [document] }) =>
          document ? (
            <>
              <TheDocument document={document} />
              <Answer of={texts} rows={2}>
                {([text]) => text && <Received loan={loan} text={text} />}
              </Answer>
            </>
          ) : (
            <p className={s.about} role="status">
              {m.my_information_waiting()}
            </p>
          )
        }
      </Answer>
    </Card>
  );
}

function TheDocument({ document }: { document: Document }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const take = async () => {
    const name = m.my_information_file({ reference: document.reference });
    setProblem(await save(`/api/v1/documents/${document.document_id}/content`, {}, name));
  };
  return (
    <div className={s.received}>
      <div className={s.actions}>
        <Link to="/documents/$documentId" params={{ documentId: document.document_id }}>
          {m.my_information_read()}
        </Link>
        <Button variant="default" onClick={() => void take()}>
          {m.my_information_download()}
        </Button>
      </div>
      <ProblemNote problem={problem} />
    </div>
  );
}

function Received({ loan, text }: { loan: Loan; text: Text }) {
  const { locale } = useLocale();
  const { about, know } = useSeenLoan(loan);
  const confirm = useCommand(ConfirmInformation);
  const [read, setRead] = useState(false);
  const [tried, setTried] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!read) return;
    if (!(await confirm.send({ ...about, body: { version: text.version, language: locale } }))) know();
  };
  return (
    <form className={s.received} onSubmit={send} noValidate>
      <Checkbox
        label={locale === 'fr' ? text.text_fr : text.text_en}
        checked={read}
        error={tried && !read ? m.my_information_needed() : undefined}
        onChange={() => setRead(!read)}
      />
      <Outcome of={confirm} />
      <div className={s.actions}>
        <Button type="submit" loading={confirm.pending}>
          {m.my_information_do()}
        </Button>
      </div>
    </form>
  );
}
