import { Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import { ProblemNote } from '~/ui/states';
import { Door } from '../door';
import { useAsking } from './asking';
import '~/styles/fields.css';

/** Asks for the link of a mail: for a first password, or another one. The answer is the same for everybody. */
export function ByMail({ why }: { why: 'sign-up' | 'password-reset' }) {
  const { ask, problem, pending } = useAsking();
  const { locale } = useLocale();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [follows, setFollows] = useState<string | null>(null);
  const signUp = why === 'sign-up';
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const said = await ask<{ what_follows: string }>(`/auth/${why}`, {
      email,
      language: locale,
      ...(signUp ? { name } : {}),
    });
    if (said) setFollows(said.what_follows);
  };
  const back = (
    <Link className="link" to={'/sign-in' as never}>
      {signUp ? m.sign_up_have() : m.sign_in()}
    </Link>
  );
  if (follows) {
    return (
      <Door title={m.by_mail()} links={back}>
        <p role="status">{follows}</p>
        <p>{m.by_mail_to({ email })}</p>
        <p className="mute">{m.by_mail_none()}</p>
        <Button variant="default" size="md" onClick={() => setFollows(null)}>
          {m.by_mail_again()}
        </Button>
      </Door>
    );
  }
  return (
    <Door
      title={signUp ? m.sign_up() : m.password_forgotten()}
      about={signUp ? m.sign_up_about() : m.forgotten_about()}
      links={back}
    >
      <form className="stack" onSubmit={(event) => void send(event)}>
        {signUp && (
          <TextInput
            label={m.full_name()}
            autoComplete="name"
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <TextInput
          label={m.email()}
          type="email"
          autoComplete="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <ProblemNote problem={problem} />
        <Button type="submit" size="md" loading={pending}>
          {m.by_mail_send()}
        </Button>
      </form>
    </Door>
  );
}
