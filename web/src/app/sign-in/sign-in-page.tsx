import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { m } from '~/paraglide/messages';
import { Door } from '../door';
import { type Face, meQuery } from '../me';
import { SignInForm } from './sign-in-form';

/** The door of one face. */
export function SignInPage({ face }: { face: Face }) {
  const queries = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ strict: false }) as { next?: string };
  const enter = async () => {
    await queries.fetchQuery({ ...meQuery, staleTime: 0 });
    // Only a page of ours: an address in the address leads nowhere else.
    const inside = next?.startsWith('/') && !next.startsWith('//') ? next.slice(1) : '';
    router.history.push(`${import.meta.env.BASE_URL}${inside}`);
  };
  const client = face === 'portal';
  return (
    <Door
      title={m.sign_in()}
      tag={client ? undefined : m.bureau_tag()}
      about={client ? m.sign_in_portal() : m.sign_in_bureau()}
      links={
        client ? (
          <>
            <Link className="link" to={'/forgotten' as never}>
              {m.password_forgotten()}
            </Link>
            <Link className="link" to={'/sign-up' as never}>
              {m.sign_up()}
            </Link>
          </>
        ) : (
          <a className="link" href={`${import.meta.env.OTHER_FACE}forgotten`}>
            {m.password_forgotten()}
          </a>
        )
      }
    >
      <SignInForm onIn={() => void enter()} />
    </Door>
  );
}
