import { RequestLoan } from '~/api/operations';
import type { components } from '~/api/schema';
import { money, readAmount, writtenAmount } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { broken } from '~/ui/bounds';
import { STEPS, type StepName } from './steps';

export type Product = components['schemas']['ProductLine'];
export type Text = components['schemas']['ConsentText'];
export type Body = components['schemas']['RequestLoan'];

/** What somebody fills in; as it is typed. */
export type Wish = {
  /** Made with the first word: sent twice, it is the same loan. */
  loan_id: string;
  product_id: string;
  amount: string;
  months: string;
  purpose: string;
  customer_id: string;
  contact_id: string;
  /** Texts with their versions: another version is another agreement. */
  agreed: string[];
};

export type Offer = { products: Product[]; texts: Text[] };

export const emptyWish = (): Wish => ({
  loan_id: crypto.randomUUID(),
  product_id: '',
  amount: '',
  months: '',
  purpose: '',
  customer_id: '',
  contact_id: '',
  agreed: [],
});

const YEAR = 12;

/** Where the sliders of a product stand at first: there is a schedule to look at before anything is typed. */
export const startOf = (product: Product): Pick<Wish, 'product_id' | 'amount' | 'months'> => ({
  product_id: product.product_id,
  amount: writtenAmount(product.min_principal, product.currency),
  months: String(Math.min(product.max_months, Math.max(product.min_months, YEAR))),
});

export const nameOf = (text: Pick<Text, 'consent' | 'version'>) => `${text.consent} ${text.version}`;
export const productOf = (wish: Wish, offer: Offer) =>
  offer.products.find((each) => each.product_id === wish.product_id);
export const principalOf = (wish: Wish, product: Product) => readAmount(wish.amount, product.currency);
export const monthsOf = (wish: Wish) => (/^\d{1,3}$/.test(wish.months.trim()) ? Number(wish.months) : null);

export type Errors = Partial<Record<keyof Wish, string>>;

/** What a step still lacks, by field: the bounds of the API, then those of the product. */
export function wrongIn(step: StepName, wish: Wish, offer: Offer): Errors {
  const product = productOf(wish, offer);
  switch (step) {
    case 'project':
      return {
        ...(product ? {} : { product_id: m.bounds_required() }),
        ...broken(RequestLoan.bounds, { purpose: wish.purpose.trim() }),
      };
    case 'terms':
      return product ? outside(wish, product) : {};
    case 'contact':
      return wish.contact_id ? {} : { contact_id: m.bounds_required() };
    case 'agreements':
      return offer.texts.every((text) => !text.required || wish.agreed.includes(nameOf(text)))
        ? {}
        : { agreed: m.request_agree_all() };
    default:
      return {};
  }
}

function outside(wish: Wish, product: Product): Errors {
  const principal = principalOf(wish, product);
  const months = monthsOf(wish);
  const [least, most] = [product.min_principal, product.max_principal];
  const errors: Errors = {};
  if (principal === null) errors.amount = wish.amount ? m.bounds_pattern() : m.bounds_required();
  else if (principal < least) errors.amount = m.bounds_min({ min: money(least, product.currency) });
  else if (principal > most) errors.amount = m.bounds_max({ max: money(most, product.currency) });
  if (months === null) errors.months = wish.months ? m.bounds_pattern() : m.bounds_required();
  else if (months < product.min_months) errors.months = m.bounds_min({ min: String(product.min_months) });
  else if (months > product.max_months) errors.months = m.bounds_max({ max: String(product.max_months) });
  return errors;
}

/** The furthest step that may be shown: nobody gets past one that lacks something. */
export function reachable(wanted: StepName, wish: Wish, offer: Offer): StepName {
  const before = STEPS.slice(0, STEPS.indexOf(wanted));
  return before.find((step) => Object.keys(wrongIn(step, wish, offer)).length > 0) ?? wanted;
}

/** What is sent. Only of a wish that lacks nothing. */
export function bodyOf(wish: Wish, offer: Offer, language: 'fr' | 'en'): Body {
  const product = productOf(wish, offer);
  const principal = product && principalOf(wish, product);
  const months = monthsOf(wish);
  if (!product || principal === null || principal === undefined || months === null) throw new Error('not complete');
  return {
    loan_id: wish.loan_id,
    customer_id: wish.customer_id,
    contact_id: wish.contact_id,
    product_id: product.product_id,
    principal: {
      amount: writtenAmount(principal, product.currency),
      currency: product.currency as Body['principal']['currency'],
    },
    months,
    purpose: wish.purpose.trim(),
    consents: offer.texts
      .filter((text) => wish.agreed.includes(nameOf(text)))
      .map(({ consent, version }) => ({ consent, version, language })),
  };
}
