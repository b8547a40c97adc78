import { createFileRoute } from '@tanstack/react-router';
import { AccountFile } from '~/features/account/bureau/account-file';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/accounts/$accountId')({
  staticData: { title: m.accounts },
  component: AccountFile,
});
