import { createFileRoute } from '@tanstack/react-router';
import { guard } from '~/app/me';
import { PortalShell } from '~/app/portal/shell';

export const Route = createFileRoute('/_in')({
  // Nobody gets inside without it: in the entry it costs no further way to the server.
  codeSplitGroupings: [],
  beforeLoad: ({ context, location }) => guard(context.queries, location.href),
  component: PortalShell,
});
