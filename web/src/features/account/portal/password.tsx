import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Loading } from '~/ui/states';
import s from './security.module.css';

// Seldom wanted: its fields come when they are.
const AnotherPassword = lazy(() => import('./another-password').then((it) => ({ default: it.AnotherPassword })));

/** Another password; every other session ends with it. */
export function Password() {
  const [changing, setChanging] = useState(false);
  return (
    <Card title={m.password()} flush>
      {changing ? (
        <div className={s.about}>
          <Suspense fallback={<Loading />}>
            <AnotherPassword />
          </Suspense>
        </div>
      ) : (
        <>
          <p className={s.about}>{m.choose_password_about()}</p>
          <div className={s.foot}>
            <Button variant="default" onClick={() => setChanging(true)}>
              {m.password_change()}
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}
