import { TextInput } from '@mantine/core';
import type { CSSProperties } from 'react';
import { money, writtenAmount } from '~/lib/format';
import { type Frequency, term } from '~/lib/term';
import { m } from '~/paraglide/messages';
import { MoneyInput } from '~/ui/form';
import { Cost } from './cost';
import { monthsOf, principalOf, productOf } from './wish';
import type { PartProps } from './wizard';
import s from './wizard.module.css';

const LENGTH: Record<Frequency, () => string> = {
  weekly: m.request_weeks,
  fortnightly: m.request_fortnights,
  monthly: m.request_months,
  quarterly: m.request_quarters,
};

/** How much, for how long; and at once what that comes to. */
export function Terms({ wish, change, errors, offer }: PartProps) {
  const product = productOf(wish, offer);
  if (!product) return null;
  const { currency, min_principal: least, max_principal: most, min_months: from, max_months: to } = product;
  const principal = principalOf(wish, product);
  const months = monthsOf(wish);
  const notch = notchOf(least, most);
  return (
    <div className={s.terms}>
      <div className="stack">
        <div>
          <MoneyInput
            label={m.request_amount()}
            description={m.request_between({ least: money(least, currency), most: money(most, currency) })}
            size="md"
            required
            currency={currency}
            value={wish.amount}
            error={errors.amount}
            onChange={(amount) => change({ amount })}
          />
          <input
            type="range"
            className={s.slider}
            aria-label={m.request_amount_slide()}
            min={least}
            max={most}
            step={notch}
            value={principal ?? least}
            style={done(principal, least, most)}
            aria-valuetext={money(principal ?? least, currency)}
            onChange={(event) => change({ amount: writtenAmount(event.currentTarget.valueAsNumber, currency) })}
          />
        </div>
        <div>
          <TextInput
            label={LENGTH[product.frequency]()}
            description={m.request_between({ least: String(from), most: String(to) })}
            size="md"
            required
            inputMode="numeric"
            autoComplete="off"
            value={wish.months}
            error={errors.months}
            onChange={(event) => change({ months: event.currentTarget.value })}
          />
          <input
            type="range"
            className={s.slider}
            aria-label={m.request_months_slide()}
            min={from}
            max={to}
            value={months ?? from}
            style={done(months, from, to)}
            aria-valuetext={term(months ?? from, product.frequency)}
            onChange={(event) => change({ months: event.currentTarget.value })}
          />
        </div>
      </div>
      <Cost wish={wish} product={product} />
    </div>
  );
}

/** How much of the track lies behind the thumb. */
const done = (value: number | null, least: number, most: number) =>
  ({
    '--done': `${(100 * (Math.min(most, Math.max(least, value ?? least)) - least)) / (most - least || 1)}%`,
  }) as CSSProperties;

/** A round step, a hundredth of the way or so, that the least amount is a multiple of. */
function notchOf(least: number, most: number): number {
  const wanted = Math.max(1, (most - least) / 100);
  const round = 10 ** Math.floor(Math.log10(wanted));
  return least % round === 0 ? round : 1;
}
