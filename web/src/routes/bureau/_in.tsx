import { createFileRoute } from '@tanstack/react-router';
import { BureauShell } from '~/app/bureau/shell';
import { guard } from '~/app/me';
// Nearly every page of the back-office is a list or has a form: with the first page comes what they are made of.
import '~/ui/data-table';
import '~/ui/form';

export const Route = createFileRoute('/_in')({
  // Nobody gets inside without it: in the entry it costs no further way to the server.
  codeSplitGroupings: [],
  beforeLoad: ({ context, location }) => guard(context.queries, location.href),
  component: BureauShell,
});
