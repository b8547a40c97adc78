import { Factors } from './factors';
import { Password } from './password';
import { RecoveryCodes } from './recovery-codes';
import { Sessions } from './sessions';

/** How one proves who one is, and where one is signed in. */
export const Security = () => (
  <>
    <Factors />
    <RecoveryCodes />
    <Password />
    <Sessions />
  </>
);
