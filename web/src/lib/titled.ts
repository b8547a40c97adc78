import { getLocale } from '~/paraglide/runtime';

/** What the API names in both languages, in the reader's. */
export const titled = (fr: string | null | undefined, en: string | null | undefined) =>
  (getLocale() === 'fr' ? fr : en) ?? fr ?? '—';
