import { createFileRoute } from '@tanstack/react-router';
import { SignInPage } from '~/app/sign-in/sign-in-page';
import { text } from '~/lib/search';

export const Route = createFileRoute('/sign-in')({
  validateSearch: (search): { next?: string } => ({ next: text(search.next) }),
  component: () => <SignInPage face="bureau" />,
});
