import { Button, PasswordInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { m } from '~/paraglide/messages';
import { ProblemNote } from '~/ui/states';
import { Door } from '../door';
import { useAsking } from './asking';
import '~/styles/fields.css';

/** Where the links of mails lead. The token stands behind the `#`, which no browser sends anywhere; it is taken out of the address at once. */
export function Mailed({ what }: { what: 'password' | 'email' }) {
  const { ask, problem, pending } = useAsking();
  const [token] = useState(() => location.hash.slice(1));
  const [password, setPassword] = useState('');
  const [done, setDone] = useState(false);
  useEffect(() => history.replaceState(history.state, '', location.pathname), []);
  const choosing = what === 'password';
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setDone((await ask(`/auth/${what}`, { token, ...(choosing ? { password } : {}) })) !== null);
  };
  const title = choosing ? m.choose_password() : m.confirm_address();
  if (done) {
    return (
      <Door title={choosing ? m.password_chosen() : m.address_confirmed()}>
        <p role="status">{choosing ? m.choose_password_done() : m.confirm_address_done()}</p>
        {/* Staff is shown the way to the other face when they sign in here: clients are not to wonder what it is. */}
        <Button size="md" renderRoot={(props) => <Link to={'/sign-in' as never} {...props} />}>
          {m.sign_in()}
        </Button>
      </Door>
    );
  }
  return (
    <Door
      title={title}
      about={token ? (choosing ? m.choose_password_about() : m.confirm_address_about()) : undefined}
      links={
        <>
          <Link className="link" to={'/sign-in' as never}>
            {m.sign_in()}
          </Link>
          {choosing && (
            <Link className="link" to={'/forgotten' as never}>
              {m.link_another()}
            </Link>
          )}
        </>
      }
    >
      {token ? (
        <form className="stack" onSubmit={(event) => void send(event)}>
          {choosing && (
            <PasswordInput
              label={m.password()}
              autoComplete="new-password"
              required
              value={password}
              visibilityToggleButtonProps={{ 'aria-label': m.password_show() }}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          )}
          <ProblemNote problem={problem} />
          <Button type="submit" size="md" loading={pending}>
            {choosing ? m.choose_password() : m.confirm_address()}
          </Button>
        </form>
      ) : (
        <p role="alert">{m.link_broken()}</p>
      )}
    </Door>
  );
}
