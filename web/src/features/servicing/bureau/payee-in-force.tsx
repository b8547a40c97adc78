import { api } from '~/api/client';
import { useMay } from '~/app/me';
import { m } from '~/paraglide/messages';
import { inForce, spaced } from '../payee';
import s from './servicing.module.css';

/** Where a transfer goes; the record of the payout says it too. */
export function PayeeInForce({ customer }: { customer: string }) {
  const may = useMay('payee.read');
  const payees = api.useQuery(
    'get',
    '/api/v1/payees',
    { params: { query: { customer_id: customer } } },
    { enabled: may },
  );
  if (!payees.data) return null;
  const payee = inForce(payees.data, Date.now());
  if (!payee) return <p className={s.note}>{m.servicing_payee_none()}</p>;
  const place = payee.iban ? spaced(payee.iban) : `${payee.operator ?? ''} ${payee.phone ?? ''}`;
  return (
    <p className={s.note}>
      {m.servicing_payee({ holder: payee.holder })} <b className="num">{place}</b>
    </p>
  );
}
