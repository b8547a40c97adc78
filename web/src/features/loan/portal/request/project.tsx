import { Textarea } from '@mantine/core';
import { RequestLoan } from '~/api/operations';
import { useLocale } from '~/app/locale';
import { money, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Choice } from '~/ui/choice';
import { limits } from '~/ui/form';
import { type Product, productOf, startOf, type Wish } from './wish';
import type { PartProps } from './wizard';

/** What the money is for, and which loan. */
export function Project({ wish, change, errors, offer }: PartProps) {
  const { locale } = useLocale();
  /** An amount that was typed is kept, unless it was in other money. */
  const chosen = (product_id: string): Partial<Wish> => {
    const product = offer.products.find((each) => each.product_id === product_id);
    const same = wish.amount !== '' && productOf(wish, offer)?.currency === product?.currency;
    return !product || same ? { product_id } : startOf(product);
  };
  return (
    <div className="stack">
      <Choice
        legend={m.request_product()}
        value={wish.product_id}
        onChange={(product_id) => change(chosen(product_id))}
        error={errors.product_id}
        options={offer.products.map((each) => ({
          value: each.product_id,
          title: locale === 'fr' ? each.title_fr : each.title_en,
          about: rangeOf(each),
        }))}
      />
      <Textarea
        label={m.request_purpose()}
        description={m.request_purpose_about()}
        autosize={false}
        rows={4}
        {...limits(RequestLoan, 'purpose')}
        value={wish.purpose}
        error={errors.purpose}
        onChange={(event) => change({ purpose: event.currentTarget.value })}
      />
    </div>
  );
}

const rangeOf = (product: Product) =>
  m.request_range({
    least: money(product.min_principal, product.currency),
    most: money(product.max_principal, product.currency),
    from: String(product.min_months),
    to: String(product.max_months),
    rate: rate(product.rate),
  });
