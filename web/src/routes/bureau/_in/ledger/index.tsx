import { IconBook2 } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { Journal } from '~/features/posting/bureau/journal';
import { MOVEMENTS } from '~/features/posting/movements';
import { oneOf, text } from '~/lib/search';
import { m } from '~/paraglide/messages';

type JournalSearch = {
  account?: string;
  movement?: (typeof MOVEMENTS)[number];
  entry_from?: string;
  entry_to?: string;
  sort?: 'entry_on' | '-entry_on';
};

export const Route = createFileRoute('/_in/ledger/')({
  validateSearch: (search): JournalSearch => ({
    account: text(search.account),
    movement: oneOf(search.movement, MOVEMENTS),
    entry_from: text(search.entry_from),
    entry_to: text(search.entry_to),
    sort: oneOf(search.sort, ['entry_on', '-entry_on']),
  }),
  staticData: {
    title: m.posting_ledger,
    nav: { label: m.posting_ledger, icon: IconBook2, group: 'money', order: 60, permission: 'ledger.read' },
  },
  component: Journal,
});
