import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { api } from '~/api/client';
import { useLocale } from '~/app/locale';
import { money } from '~/lib/format';
import { term } from '~/lib/term';
import { m } from '~/paraglide/messages';
import { Cost } from './cost';
import type { StepName } from './steps';
import { monthsOf, principalOf, productOf } from './wish';
import type { PartProps } from './wizard';
import s from './wizard.module.css';

/** Everything once more before it is sent; each part leads back to where it was said. */
export function Summary({ wish, offer, go }: PartProps & { go: (step: StepName) => void }) {
  const { locale } = useLocale();
  const product = productOf(wish, offer);
  const contact = api.useQuery('get', '/api/v1/contacts/{contact_id}', {
    params: { path: { contact_id: wish.contact_id } },
  });
  if (!product) return null;
  const line = (label: string, value: ReactNode, step: StepName) => (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
      <Button variant="subtle" aria-label={m.request_change_of({ what: label })} onClick={() => go(step)}>
        {m.request_change()}
      </Button>
    </div>
  );
  return (
    <div className={s.terms}>
      <dl className={s.summary}>
        {line(m.request_product(), locale === 'fr' ? product.title_fr : product.title_en, 'project')}
        {line(m.field_purpose(), wish.purpose, 'project')}
        {line(m.request_amount(), money(principalOf(wish, product) ?? 0, product.currency), 'terms')}
        {line(m.loan_kpi_months(), term(monthsOf(wish) ?? 0, product.frequency), 'terms')}
        {line(m.request_contact(), contact.data ? `${contact.data.name}, ${contact.data.email}` : '…', 'contact')}
        {line(m.request_agreements(), m.request_agreed(), 'agreements')}
      </dl>
      <Cost wish={wish} product={product} />
    </div>
  );
}
