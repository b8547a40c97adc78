import { createFileRoute } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { LoanRequest } from '~/features/loan/portal/request/request';
import { STEPS, type StepName } from '~/features/loan/portal/request/steps';
import { oneOf } from '~/lib/search';
import { m } from '~/paraglide/messages';
import { Loading } from '~/ui/states';

// Most have a file, with somebody in it whom we write to.
const OpenFile = lazy(() => import('~/features/customer/portal/open-file').then((it) => ({ default: it.OpenFile })));
const AddContact = lazy(() =>
  import('~/features/customer/portal/add-contact').then((it) => ({ default: it.AddContact })),
);

export const Route = createFileRoute('/_in/loans/new')({
  staticData: { title: m.request_title },
  validateSearch: (search): { step?: StepName } => ({ step: oneOf(search.step, STEPS) }),
  component: () => (
    <LoanRequest
      openFile={
        <Suspense fallback={<Loading />}>
          <OpenFile />
        </Suspense>
      }
      addContact={(customerId, onAdded) => (
        <Suspense fallback={<Loading />}>
          <AddContact customerId={customerId} onAdded={onAdded} />
        </Suspense>
      )}
    />
  ),
});
