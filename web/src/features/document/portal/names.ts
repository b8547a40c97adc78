import { m } from '~/paraglide/messages';

type Named = { purpose: string; reference: string; media_type: string };

const TITLES: Record<string, (of: { reference: string }) => string> = {
  information: m.my_document_information,
  contract: m.my_document_contract,
  'signed-copy': m.my_document_signed_copy,
  schedule: m.my_document_schedule,
  quittance: m.my_document_quittance,
};
const ENDINGS: Record<string, string> = { 'application/pdf': 'pdf', 'image/jpeg': 'jpg', 'image/png': 'png' };

/** What people call it. */
export const titleOf = ({ purpose, reference }: Pick<Named, 'purpose' | 'reference'>) =>
  TITLES[purpose]?.({ reference }) ?? reference;

/** What it is called in a folder: the ending says what it is. */
export const fileNameOf = (document: Named) =>
  `${titleOf(document)}${ENDINGS[document.media_type] ? `.${ENDINGS[document.media_type]}` : ''}`;
