/** Terms as they are typed, and as the API takes them: texts while somebody writes, numbers afterwards. */
import type { components } from '~/api/schema';
import { readAmount, writtenAmount } from '~/lib/format';
import { readRate } from '~/lib/rate';

export type Terms = components['schemas']['WrittenTerms'];
type Kept = components['schemas']['Terms'];
type Fee = components['schemas']['WrittenFee'];
export type Currency = NonNullable<Fee['fixed']>['currency'];

/** One text for each field; empty where nothing is agreed. */
export type Draft = {
  rate: string;
  kind: NonNullable<Terms['kind']>;
  frequency: NonNullable<Terms['frequency']>;
  day_count: NonNullable<Terms['day_count']>;
  due_day: string;
  first_period: NonNullable<Terms['first_period']>;
  grace_all: string;
  grace_principal: string;
  step_up: string;
  step_every: string;
  balloon: string;
  subsidy: string;
  index: string;
  margin: string;
  reset_every: string;
  floor: string;
  cap: string;
  fee_fixed: string;
  fee_share: string;
  fee_financed: string;
  fee_each: string;
  insurance: string;
  insurance_of: 'initial' | 'outstanding';
  late: string;
  late_days: string;
  late_share: string;
  indemnity: string;
  notice_days: string;
  unpaid_instalments: string;
  early: string;
  unit: string;
  mode: 'half-even' | 'half-up';
  business_days: NonNullable<Terms['business_days']>;
  calendar: '' | NonNullable<Terms['calendar']>;
};

/** What the clause of our contract says where nobody says otherwise. */
const NOTICE_DAYS = 30;
const UNPAID_INSTALMENTS = 2;

export const PLAIN: Draft = {
  rate: '',
  kind: 'annuity',
  frequency: 'monthly',
  day_count: '30E/360',
  due_day: '',
  first_period: 'with-first',
  grace_all: '',
  grace_principal: '',
  step_up: '',
  step_every: '',
  balloon: '',
  subsidy: '',
  index: '',
  margin: '',
  reset_every: '',
  floor: '',
  cap: '',
  fee_fixed: '',
  fee_share: '',
  fee_financed: '',
  fee_each: '',
  insurance: '',
  insurance_of: 'initial',
  late: '',
  late_days: '',
  late_share: '',
  indemnity: '',
  notice_days: '',
  unpaid_instalments: '',
  early: '',
  unit: '',
  mode: 'half-even',
  business_days: 'none',
  calendar: '',
};

/** Whether nothing is agreed but the rate: level monthly instalments. */
export const isPlain = (draft: Draft) =>
  (Object.keys(PLAIN) as (keyof Draft)[]).every((field) => field === 'rate' || draft[field] === PLAIN[field]);

/** What fees are called in the contract. */
export type FeeTitles = { file: string; guarantee: string; account: string };

export type Read = { terms: Terms; wrong?: undefined } | { terms?: undefined; wrong: (keyof Draft)[] };

/** The terms that a draft says, or the fields that say none; what no field asks for is as in `kept`. */
export function readTerms(draft: Draft, currency: Currency, titles: FeeTitles, kept?: Kept): Read {
  const wrong: (keyof Draft)[] = [];
  const share = (field: keyof Draft, empty: number | null = 0) => {
    const text = draft[field];
    const read = text === '' ? empty : readRate(text);
    if (read === null) wrong.push(field);
    return read ?? 0;
  };
  const whole = (field: keyof Draft, empty: number | null = 0) => {
    const text = draft[field].trim();
    const read = text === '' ? empty : /^\d{1,4}$/.test(text) ? Number(text) : null;
    if (read === null) wrong.push(field);
    return read ?? 0;
  };
  const fixed = (field: keyof Draft) => {
    if (draft[field] === '') return null;
    const read = readAmount(draft[field], currency);
    if (read === null) wrong.push(field);
    return read ? { amount: writtenAmount(read, currency), currency } : null;
  };
  const upFront = { share: share('fee_share'), fixed: fixed('fee_fixed') };
  const each = fixed('fee_each');
  const financed = share('fee_financed');
  const fees: Fee[] = [
    ...(upFront.share || upFront.fixed ? [{ title: titles.file, when: 'up-front' as const, ...upFront }] : []),
    ...(financed ? [{ title: titles.guarantee, when: 'financed' as const, share: financed }] : []),
    ...(each ? [{ title: titles.account, when: 'per-instalment' as const, share: 0, fixed: each }] : []),
  ];
  // What is left out the API fills in, by its own defaults.
  const terms = {
    ...(kept && { shortest_first: kept.shortest_first, order: kept.order }),
    rate: share('rate', null),
    kind: draft.kind,
    frequency: draft.frequency,
    day_count: draft.day_count,
    due_day: draft.due_day === '' ? null : whole('due_day'),
    first_period: draft.first_period,
    grace_all: whole('grace_all'),
    grace_principal: whole('grace_principal'),
    step_up: share('step_up'),
    step_every: whole('step_every'),
    balloon: share('balloon'),
    variable: draft.index.trim()
      ? {
          index: draft.index.trim(),
          margin: share('margin'),
          reset_every: whole('reset_every', 1),
          floor: share('floor'),
          cap: draft.cap === '' ? null : share('cap'),
        }
      : null,
    subsidy: share('subsidy'),
    fees,
    insurance: draft.insurance ? { rate: share('insurance'), of: draft.insurance_of, is_required: true } : null,
    late:
      draft.late || draft.late_share
        ? { ...latenessOf(kept), rate: share('late'), share: share('late_share'), grace_days: whole('late_days') }
        : null,
    acceleration: {
      indemnity: share('indemnity'),
      notice_days: whole('notice_days', NOTICE_DAYS),
      instalments: whole('unpaid_instalments', UNPAID_INSTALMENTS),
    },
    early: draft.early ? { ...hasteOf(kept), rate: share('early') } : null,
    rounding: { unit: whole('unit', 1), mode: draft.mode },
    business_days: draft.business_days,
    calendar: draft.calendar || null,
  } as Terms;
  return wrong.length ? { wrong } : { terms };
}

const written = (fixed: { minor: number; currency: string } | null | undefined) =>
  fixed ? { amount: writtenAmount(fixed.minor, fixed.currency), currency: fixed.currency } : null;
const latenessOf = (kept?: Kept) => kept?.late && { ...kept.late, fixed: written(kept.late.fixed) };
const hasteOf = (kept?: Kept) => kept && { ...kept.early, free_up_to: written(kept.early.free_up_to) };

/** Terms that count, as somebody would have typed them. */
export function draftOf(kept: Kept): Draft {
  const share = (points: number | null | undefined) => (points ? String(points / 100) : '');
  const whole = (count: number | null | undefined) => (count ? String(count) : '');
  const unless = (usual: number, count: number | undefined) => (count === usual ? '' : whole(count));
  const upFront = kept.fees.find((fee) => fee.when === 'up-front');
  const each = kept.fees.find((fee) => fee.when === 'per-instalment');
  return {
    rate: String(kept.rate / 100),
    kind: kept.kind,
    frequency: kept.frequency,
    day_count: kept.day_count,
    due_day: whole(kept.due_day),
    first_period: kept.first_period,
    grace_all: whole(kept.grace_all),
    grace_principal: whole(kept.grace_principal),
    step_up: share(kept.step_up),
    step_every: whole(kept.step_every),
    balloon: share(kept.balloon),
    subsidy: share(kept.subsidy),
    index: kept.variable?.index ?? '',
    margin: share(kept.variable?.margin),
    reset_every: whole(kept.variable?.reset_every),
    floor: share(kept.variable?.floor),
    cap: share(kept.variable?.cap),
    fee_fixed: written(upFront?.fixed)?.amount ?? '',
    fee_share: share(upFront?.share),
    fee_financed: share(kept.fees.find((fee) => fee.when === 'financed')?.share),
    fee_each: written(each?.fixed)?.amount ?? '',
    insurance: share(kept.insurance?.rate),
    insurance_of: kept.insurance?.of ?? 'initial',
    late: share(kept.late?.rate),
    late_days: whole(kept.late?.grace_days),
    late_share: share(kept.late?.share),
    indemnity: share(kept.acceleration.indemnity),
    notice_days: unless(NOTICE_DAYS, kept.acceleration.notice_days),
    unpaid_instalments: unless(UNPAID_INSTALMENTS, kept.acceleration.instalments),
    early: share(kept.early.rate),
    unit: kept.rounding.unit === 1 ? '' : String(kept.rounding.unit),
    mode: kept.rounding.mode,
    business_days: kept.business_days,
    calendar: kept.calendar ?? '',
  };
}
