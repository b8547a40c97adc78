import { useQueryClient } from '@tanstack/react-query';
import { m } from '~/paraglide/messages';
import { Door } from '../door';
import { meQuery } from '../me';
import { StepUpForm } from './step-up-form';

/** For whoever works here and came in with the password alone, by a session older than their second factor. */
export default function Prove() {
  const queries = useQueryClient();
  return (
    <Door title={m.step_up_title()} about={m.prove_about()}>
      <StepUpForm onProved={() => void queries.invalidateQueries({ queryKey: meQuery.queryKey })} />
    </Door>
  );
}
