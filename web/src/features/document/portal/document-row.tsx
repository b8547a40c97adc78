import { ActionIcon } from '@mantine/core';
import {
  IconCalendar,
  IconDownload,
  IconFileCertificate,
  IconFileText,
  IconInfoCircle,
  IconPhoto,
  IconSignature,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Problem } from '~/api/problem';
import type { components } from '~/api/schema';
import { bytes, date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { save } from '~/ui/export-button';
import { Line } from '~/ui/lines';
import { ProblemNote } from '~/ui/states';
import { unbroken } from '~/ui/unbroken';
import { fileNameOf, titleOf } from './names';

export type Document = components['schemas']['DocumentLine'];

const ICONS: Record<string, typeof IconFileText> = {
  information: IconInfoCircle,
  contract: IconFileText,
  schedule: IconCalendar,
  quittance: IconFileCertificate,
};
const iconOf = ({ purpose, media_type }: Document) =>
  ICONS[purpose] ?? (media_type.startsWith('image/') ? IconPhoto : IconSignature);

/** A document in a list: opens by a touch, and can be taken away. */
export const DocumentRow = ({ document }: { document: Document }) => (
  <Line
    opens
    icon={iconOf(document)}
    title={
      <Link to="/documents/$documentId" params={{ documentId: document.document_id }}>
        {unbroken(titleOf(document))}
      </Link>
    }
    hint={
      document.voided_on
        ? m.document_void_since({ day: date(document.voided_on) })
        : `${date(document.kept_on)} · ${bytes(document.size)}`
    }
  >
    <Download document={document} />
  </Line>
);

function Download({ document }: { document: Document }) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const take = async () => {
    setPending(true);
    setProblem(await save(`/api/v1/documents/${document.document_id}/content`, {}, fileNameOf(document)));
    setPending(false);
  };
  return (
    <>
      <ActionIcon
        size={44}
        aria-label={m.my_document_download({ name: titleOf(document) })}
        loading={pending}
        onClick={() => void take()}
      >
        <IconDownload size={18} stroke={1.6} aria-hidden="true" />
      </ActionIcon>
      <ProblemNote problem={problem} />
    </>
  );
}
