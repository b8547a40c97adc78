import { m } from '~/paraglide/messages';

export const natureWord = (nature: string) => (nature === 'company' ? m.nature_company() : m.nature_person());
