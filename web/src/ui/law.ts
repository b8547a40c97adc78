import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';

export type Law = components['schemas']['ProductLine']['law'];

const WORDS: Record<Law, () => string> = {
  unspecified: m.law_unspecified,
  'fr-consumer': m.law_fr_consumer,
  'fr-business': m.law_fr_business,
  'umoa-bank': m.law_umoa_bank,
  'umoa-microfinance': m.law_umoa_microfinance,
  'qc-consumer': m.law_qc_consumer,
};

/** Under which law a loan is made, as people say it. */
export const lawWord = (law: Law) => WORDS[law]?.() ?? law;
