import type { Gate } from '~/api/gate';
import { m } from '~/paraglide/messages';
import { Dialog } from '~/ui/dialog';
import { SignInForm } from './sign-in-form';
import { StepUpForm } from './step-up-form';

type InPlaceProps = { gate: Gate; onPassed: (account?: string) => void; onClose: () => void };

/** The dialogs that stand between a request and its answer. */
export default function InPlace({ gate, onPassed, onClose }: InPlaceProps) {
  if (gate === 'step-up') {
    return (
      <Dialog title={m.step_up_title()} onClose={onClose}>
        <StepUpForm onProved={() => onPassed()} />
      </Dialog>
    );
  }
  return (
    <Dialog title={m.session_over_title()} onClose={onClose}>
      <p className="mute">{m.session_over_about()}</p>
      <SignInForm onIn={(said) => onPassed(said.account_id)} />
    </Dialog>
  );
}
