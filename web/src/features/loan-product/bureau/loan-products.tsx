import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useLocale } from '~/app/locale';
import { useMay } from '~/app/me';
import { date, money, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { lawWord } from '~/ui/law';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';
import { Status } from '~/ui/status';
import { Launch } from './launch';
import s from './loan-product.module.css';
import { Revise } from './revise';
import { Withdraw } from './withdraw';

type Product = components['schemas']['ProductLine'];

/** What the house lends: amounts, terms and rates. Its terms are revised; otherwise another one takes its place. */
export function LoanProducts() {
  const [launching, launch] = useState(false);
  const [withdrawn, withdraw] = useState<Product | null>(null);
  const [revised, revise] = useState<Product | null>(null);
  const may = useMay('product.manage');
  const { locale } = useLocale();
  const products = api.useQuery('get', '/api/v1/loan-products');
  const add = may && <Button onClick={() => launch(true)}>{m.loan_product_launch()}</Button>;
  return (
    <>
      <PageHeader title={m.loan_products()} about={m.loan_products_about()}>
        {add}
      </PageHeader>
      <Card flush>
        <Answer of={products} rows={5}>
          {(rows) => (
            <Listing
              label={m.loan_products()}
              rows={[...rows].sort(openFirst)}
              columns={columns(locale, may ? { withdraw, revise } : undefined)}
              rowKey={(product) => product.product_id}
              empty={
                <Empty title={m.loan_products_none()} action={add}>
                  {m.loan_products_none_about()}
                </Empty>
              }
            />
          )}
        </Answer>
      </Card>
      {launching && <Launch onClose={() => launch(false)} />}
      {revised && <Revise product={revised} onClose={() => revise(null)} />}
      {withdrawn && <Withdraw product={withdrawn} onClose={() => withdraw(null)} />}
    </>
  );
}

const openFirst = (one: Product, other: Product) =>
  Number(one.withdrawn_on !== null) - Number(other.withdrawn_on !== null) || (one.code < other.code ? -1 : 1);

type Todo = { withdraw: (product: Product) => void; revise: (product: Product) => void };

const columns = (locale: string, todo?: Todo): Column<Product>[] => [
  {
    id: 'title',
    phone: 'name',
    header: m.loan_product(),
    cell: (product) => (
      <>
        <b>{locale === 'fr' ? product.title_fr : product.title_en}</b> <span className="mute mono">{product.code}</span>
      </>
    ),
  },
  { id: 'rate', phone: 'value', header: m.field_rate(), cell: (product) => rate(product.rate), end: true },
  {
    id: 'amounts',
    header: m.loan_product_amounts(),
    cell: (product) =>
      m.loan_product_span({
        from: money(product.min_principal, product.currency),
        to: money(product.max_principal, product.currency),
      }),
    end: true,
    wide: true,
  },
  {
    id: 'months',
    header: m.field_months(),
    cell: (product) => m.loan_product_span({ from: product.min_months, to: product.max_months }),
    end: true,
    wide: true,
  },
  { id: 'law', header: m.field_law(), cell: (product) => lawWord(product.law), wide: true },
  { id: 'launched', header: m.loan_product_launched_on(), cell: (product) => date(product.launched_on), wide: true },
  {
    id: 'status',
    phone: 'about',
    header: m.field_status(),
    cell: (product) =>
      product.withdrawn_on ? (
        <Status tone="dash">{m.loan_product_withdrawn_on({ day: date(product.withdrawn_on) })}</Status>
      ) : (
        <Status tone="solid">{m.loan_product_offered()}</Status>
      ),
  },
  ...(todo ? [changes(todo)] : []),
];

const changes = ({ withdraw, revise }: Todo): Column<Product> => ({
  id: 'do',
  phone: 'aside',
  header: m.loan_product_todo(),
  wide: true,
  cell: (product) =>
    !product.withdrawn_on && (
      <div className={s.todo}>
        <Button variant="default" size="xs" onClick={() => revise(product)}>
          {m.terms_revise()}
        </Button>
        <Button variant="default" size="xs" onClick={() => withdraw(product)}>
          {m.loan_product_withdraw()}
        </Button>
      </div>
    ),
});
