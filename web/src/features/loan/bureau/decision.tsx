import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useMay, useMe } from '~/app/me';
import { m } from '~/paraglide/messages';
import { useKeys } from '~/ui/use-keys';
import { approvalOf } from '../approval';
import { Approve } from './approve';
import { Decline } from './decline';
import { Withdraw } from './withdraw';

type Loan = components['schemas']['LoanEntry'];
// Most requests are decided as they were asked for: it comes when it is opened.
const CounterOffer = lazy(() => import('./counter-offer').then((it) => ({ default: it.CounterOffer })));

type Open = { what: 'approve' | 'decline' | 'withdraw' | 'offer'; loan: Loan } | null;

/** The commands of a request that waits: approve, decline, withdraw, or offer something else. `A`, `R`, `P` open them. */
export function Decision({ loan, disabled }: { loan: Loan; disabled?: boolean }) {
  const decides = useMay('loan.approve');
  const asks = useMay('loan.request');
  const me = useMe();
  const { data: house } = api.useQuery('get', '/api/v1/organisation', {}, { enabled: decides });
  // What the API would refuse is not offered; why, says the line beside it.
  const way = house && approvalOf(loan, me, house);
  const approves = decides && !(way?.above || (way?.own && !way.alone));
  // The dialog keeps the loan as it was seen: somebody else's decision must not close what is being typed.
  const [open, setOpen] = useState<Open>(null);
  const waits = loan.status === 'requested' && !disabled;
  const offered = loan.status === 'counter-offered';
  const offers = decides && !(way?.own && !way.alone);
  const begin = (what: NonNullable<Open>['what']) => setOpen({ what, loan });
  useKeys({
    a: waits && approves ? () => begin('approve') : undefined,
    r: waits && decides ? () => begin('decline') : undefined,
    p: waits && offers ? () => begin('offer') : undefined,
  });
  const close = () => setOpen(null);
  return (
    <>
      {(loan.status === 'requested' || offered) && (
        <>
          {asks && (
            <Button variant="subtle" disabled={disabled} onClick={() => begin('withdraw')}>
              {m.loan_withdraw()}
            </Button>
          )}
          {decides && (
            <Button variant="default" disabled={disabled || !offers} onClick={() => begin('offer')}>
              {offered ? m.counter_offer_again() : m.counter_offer()}
            </Button>
          )}
          {decides && !offered && (
            <>
              <Button variant="default" disabled={disabled} onClick={() => begin('decline')}>
                {m.loan_decline()}
              </Button>
              <Button disabled={disabled || !approves} onClick={() => begin('approve')}>
                {m.loan_approve()}
              </Button>
            </>
          )}
        </>
      )}
      {open?.what === 'approve' && <Approve loan={open.loan} onClose={close} onOther={() => begin('offer')} />}
      {open?.what === 'offer' && (
        <Suspense fallback={null}>
          <CounterOffer loan={open.loan} onClose={close} />
        </Suspense>
      )}
      {open?.what === 'decline' && <Decline loan={open.loan} onClose={close} />}
      {open?.what === 'withdraw' && <Withdraw loan={open.loan} onClose={close} />}
    </>
  );
}
