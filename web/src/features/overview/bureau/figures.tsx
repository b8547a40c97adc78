import { Link } from '@tanstack/react-router';
import type { components } from '~/api/schema';
import { useMay } from '~/app/me';
import { counted } from '~/lib/count';
import type { Currency } from '~/lib/currencies';
import { date, integer, moneyShort, percent } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Kpi, Kpis } from '~/ui/kpi';
import { ageing, inOne, together } from '../figures';
import s from './overview.module.css';

type Overview = components['schemas']['Overview'];

/** The strip: what is lent, what waits for whom, and what is late. */
export function Figures({ overview, currency }: { overview: Overview; currency: Currency | undefined }) {
  const paysOut = useMay('loan.disburse');
  const requests = inOne(overview.requests, currency);
  const back = together(overview.contracts.filter((each) => each.status === 'returned'));
  const out = together(overview.contracts.filter((each) => each.status !== 'returned'));
  const ready = inOne(overview.to_pay_out, currency);
  const lent = overview.outstanding.find((each) => each.currency === currency);
  const late = currency ? ageing(overview, currency) : null;
  const short = (amount: number) => moneyShort(amount, currency ?? 'EUR');
  const waits = ({ own, others }: ReturnType<typeof inOne>) =>
    [
      own ? m.overview_since({ day: date(own.oldest) }) : m.overview_nothing(),
      others.count > 0 &&
        m.overview_elsewhere({ count: integer(others.count), currencies: others.currencies.join(', ') }),
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <Kpis>
      <Kpi
        label={m.overview_outstanding()}
        value={currency ? short(lent?.principal ?? 0) : '—'}
        hint={counted(lent?.loans ?? 0, m.overview_loans_one, m.overview_loans)}
      />
      <Kpi
        label={m.overview_to_decide()}
        value={
          <Link to="/loans" search={{ status: 'requested', currency }} className={s.go}>
            {integer(requests.own?.count ?? 0)}
          </Link>
        }
        hint={waits(requests)}
      />
      <Kpi
        label={m.overview_copies()}
        value={
          <Link to="/contracts" search={{ status: 'returned' }} className={s.go}>
            {integer(back.count)}
          </Link>
        }
        hint={counted(out.count, m.overview_contracts_out_one, m.overview_contracts_out)}
      />
      <Kpi
        label={m.overview_to_pay_out()}
        value={paysOut ? <ToPayOut count={ready.own?.count ?? 0} /> : integer(ready.own?.count ?? 0)}
        hint={ready.own ? `${short(ready.own.amount)} · ${waits(ready)}` : waits(ready)}
      />
      <Kpi
        label={m.overview_late()}
        value={
          <Link to="/loans" search={{ overdue: true, currency }} className={late?.total ? `${s.go} ${s.late}` : s.go}>
            {late ? short(late.total) : '—'}
          </Link>
        }
        hint={late && (late.total ? lateShare(late.total, lent?.principal) : m.overview_late_none())}
      />
    </Kpis>
  );
}

const ToPayOut = ({ count }: { count: number }) => (
  <Link to="/to-pay-out" className={s.go}>
    {integer(count)}
  </Link>
);

const lateShare = (late: number, lent: number | undefined) =>
  lent ? m.overview_late_share({ share: percent(late / lent) }) : null;
