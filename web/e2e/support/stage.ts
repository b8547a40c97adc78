/** What is behind the screens: telephones, papers, other desks. Answered by demo/stage.py. */
export type Step = 'requested' | 'sent' | 'returned' | 'ready' | 'disbursed' | 'repaid';
export type Who = 'advisor' | 'approver' | 'accountant' | 'admin' | 'jean' | 'awa';
export type Loan = {
  loan_id: string;
  contract_id: string | null;
  customer_id: string;
  contact_id: string;
  reference: string;
  status: string;
};
export type Paper = { name: string; mimeType: string; buffer: Buffer };
type Person = { email: string; password: string; app: boolean };
type Wish = { until?: Step; who?: 'Jean' | 'Awa'; months?: number; minor?: number; purpose?: string };

export const URL_OF_HOUSE = told('E2E_URL');

function told(name: string): string {
  const said = process.env[name];
  if (!said) throw new Error(`${name} is not said: these files are driven by \`python3 manage.py test tests/web\``);
  return said;
}

async function act<T>(name: string, said: object = {}): Promise<T> {
  const answer = await fetch(`${told('E2E_STAGE')}/act/${name}`, { method: 'POST', body: JSON.stringify(said) });
  const content = (await answer.json()) as T & { error?: string };
  if (!answer.ok) throw new Error(`behind the stage, ${name}: ${content.error}`);
  return content;
}

export const stage = {
  people: () => act<Record<Who, Person>>('people'),
  /** Of the telephone of somebody who has an app. */
  code: (who: Who) => act<string>('code', { who }),
  passkey: (who: Who, options: object) => act<object>('passkey', { who, options, origin: URL_OF_HOUSE }),
  /** A loan brought along by others, as far as the journey needs it. */
  loan: (wish: Wish = {}) => act<Loan>('loan', wish),
  further: (loan: string, until: Step) => act<Loan>('further', { loan, until }),
  refuseCopy: (loan: string) => act<null>('refuse_copy', { loan }),
  /** Everything is paid: time lapses to the last day of the schedule, and the quittance is made. */
  finish: (loan: string) => act<null>('finish', { loan }),
  repay: (loan: string, parts: number[]) => act<null>('repay', { loan, parts }),
  /** A command of somebody at another desk. */
  send: (who: Who, path: string, body: object = {}) => act<object>('send', { who, path, body }),
  plain: (who: Who, path: string, body: object = {}) => act<object>('plain', { who, path, body }),
  read: <T>(who: Who, path: string) => act<T>('read', { who, path }),
  mails: (to: string) => act<{ subject: string; text: string }[]>('mails', { to }),
  /** Loans in every state, brought along once; what stands for `$loanId` and the like in addresses. */
  house: () => act<Record<string, string>>('house'),
  /** A refusal as the API says it. */
  refusal: () => act<object>('refusal'),
  lapse: (minutes: number) => act<null>('lapse', { minutes }),
  settle: () => act<null>('settle'),
  async paper(loan: string, which: 'contract' | 'signed' | 'first page'): Promise<Paper> {
    const { name, mimeType, content } = await act<{ name: string; mimeType: string; content: string }>('paper', {
      loan,
      which,
    });
    return { name, mimeType, buffer: Buffer.from(content, 'base64') };
  },
};
