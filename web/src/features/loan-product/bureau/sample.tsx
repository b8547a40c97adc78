import { useDebouncedValue } from '@mantine/hooks';
import { money, readAmount, writtenAmount } from '~/lib/format';
import { m } from '~/paraglide/messages';
import type { Law } from '~/ui/law';
import type { Currency, Terms } from '../terms';
import { Simulated } from './simulated';

const PAUSE = 300;

type SampleProps = {
  terms: Terms | undefined;
  law: Law;
  /** As it is typed. */
  amount: { amount: string; currency: Currency };
  periods: number;
};

/** What the terms that are being written would come to, for one loan. */
export function Sample({ terms, law, amount: { amount, currency }, periods }: SampleProps) {
  const minor = readAmount(amount, currency);
  const ready = terms && minor && periods >= 1 ? { terms, minor, periods } : null;
  const [settled] = useDebouncedValue(ready, PAUSE);
  if (!settled) return null;
  return (
    <section className="stack" aria-label={m.terms_sample()}>
      <p className="mute">
        {m.terms_sample()}: {m.terms_sample_about({ amount: money(settled.minor, currency), count: settled.periods })}
      </p>
      <Simulated
        brief
        asked={{
          terms: settled.terms,
          law,
          principal: { amount: writtenAmount(settled.minor, currency), currency },
          periods: settled.periods,
          drawdowns: [],
          fixings: [],
          holidays: [],
        }}
      />
    </section>
  );
}
