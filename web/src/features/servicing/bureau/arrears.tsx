import { m } from '~/paraglide/messages';
import { PageHeader } from '~/ui/card';
import { ArrearsCard } from './arrears-card';

/** What is late, by how long, and what that puts at risk. */
export const Arrears = () => (
  <>
    <PageHeader title={m.arrears()} about={m.arrears_about()} />
    <ArrearsCard />
  </>
);
