import { money, moneyShort } from '~/lib/format';

type MoneyProps = { amount: number | null | undefined; currency: string; short?: boolean };

/** An amount in minor units, whole in tables; `short` in figures of a strip alone. A dash for none. */
export const Money = ({ amount, currency, short }: MoneyProps) =>
  amount == null ? '—' : <span className="num">{short ? moneyShort(amount, currency) : money(amount, currency)}</span>;
