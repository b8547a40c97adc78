import { Button } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { RequestLoan } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Loading } from '~/ui/states';
import { ContactStep } from './contact-step';
import { Found, Leaving } from './keeping';
import { Project } from './project';
import type { AddContact } from './request';
import { STEPS, type StepName } from './steps';
import { Terms } from './terms';
import { useWish } from './use-wish';
import { bodyOf, type Errors, type Offer, reachable, type Wish, wrongIn } from './wish';
import s from './wizard.module.css';
import '~/styles/fields.css';

// The last steps: they come while the ones before them are filled in.
const agree = () => import('./agreements').then((it) => ({ default: it.Agreements }));
const sum = () => import('./summary').then((it) => ({ default: it.Summary }));
const Agreements = lazy(agree);
const Summary = lazy(sum);

const route = getRouteApi('/_in/loans/new');
const TITLES: Record<StepName, () => string> = {
  project: m.request_project,
  terms: m.request_terms,
  contact: m.request_contact,
  agreements: m.request_agreements,
  summary: m.request_summary,
};

export type PartProps = { wish: Wish; change: (part: Partial<Wish>) => void; errors: Errors; offer: Offer };
type WizardProps = { offer: Offer; customers: readonly string[]; addContact: AddContact };

export function Wizard({ offer, customers, addContact }: WizardProps) {
  const { step: wanted = 'project' } = route.useSearch();
  const navigate = route.useNavigate();
  const { locale } = useLocale();
  const request = useCommand(RequestLoan);
  const { wish, change, draft, kept } = useWish(offer, customers);
  const [tried, setTried] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const step = reachable(wanted, wish, offer);
  const at = STEPS.indexOf(step);
  const errors = tried ? wrongIn(step, wish, offer) : {};

  const first = useRef(true);
  useEffect(() => {
    if (!first.current) heading.current?.focus();
    first.current = false;
    // Brought ahead of time; where that fails it is asked for once more when it is shown.
    if (step !== 'project') Promise.all([agree(), sum()]).catch(() => undefined);
  }, [step]);

  const go = (to: StepName) => {
    setTried(false);
    void navigate({ search: { step: to === 'project' ? undefined : to } });
  };
  const on = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (Object.keys(wrongIn(step, wish, offer)).length > 0) {
      setTried(true);
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    const next = STEPS[at + 1];
    if (next) go(next);
    else if (await request.send({ body: bodyOf(wish, offer, locale) })) {
      kept.done();
      void navigate({ to: '/loans/$loanId', params: { loanId: wish.loan_id }, search: {}, replace: true });
    }
  };
  const part = { wish, change, errors, offer };
  return (
    <>
      <PageHeader title={m.request_title()} about={m.request_about()} />
      <Found draft={draft} onResume={kept.resume} onDiscard={kept.discard} />
      <ol className={s.steps} aria-label={m.request_steps()}>
        {STEPS.map((each, index) => (
          <li key={each} aria-current={each === step ? 'step' : undefined} data-done={index < at || undefined}>
            {index < at ? (
              <button type="button" onClick={() => go(each)}>
                {TITLES[each]()}
              </button>
            ) : (
              <span>{TITLES[each]()}</span>
            )}
          </li>
        ))}
      </ol>
      <form noValidate onSubmit={(event) => void on(event)}>
        <Card className={s.card}>
          <h2 ref={heading} tabIndex={-1} className={s.heading}>
            <small className="num">{m.request_step({ step: String(at + 1), steps: String(STEPS.length) })}</small>
            {TITLES[step]()}
          </h2>
          {step === 'project' && <Project {...part} />}
          {step === 'terms' && <Terms {...part} />}
          {step === 'contact' && <ContactStep {...part} customers={customers} addContact={addContact} />}
          <Suspense fallback={<Loading />}>
            {step === 'agreements' && <Agreements {...part} />}
            {step === 'summary' && <Summary {...part} go={go} />}
          </Suspense>
        </Card>
        <div className={s.foot}>
          <div className={s.outcome}>
            <Outcome of={request} />
          </div>
          {at > 0 && (
            <Button variant="default" size="md" onClick={() => go(STEPS[at - 1] as StepName)}>
              {m.back()}
            </Button>
          )}
          <Button type="submit" size="md" loading={request.pending}>
            {step === 'summary' ? m.request_send() : m.continue()}
          </Button>
        </div>
      </form>
      <Leaving when={kept.is} onForget={kept.discard} />
    </>
  );
}
