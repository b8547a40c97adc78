import { createFileRoute } from '@tanstack/react-router';
import { MyDocument } from '~/features/document/portal/my-document';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/documents/$documentId')({
  staticData: { title: m.nav_documents },
  component: MyDocument,
});
