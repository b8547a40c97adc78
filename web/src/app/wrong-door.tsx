import { Button } from '@mantine/core';
import { m } from '~/paraglide/messages';
import { Door } from './door';
import { type Face, useSignOut } from './me';

/** Clients have their portal, staff their back-office: whoever stands before the other one is told. */
export default function WrongDoor({ face }: { face: Face }) {
  const signOut = useSignOut();
  return (
    <Door title={m.wrong_door_title()} about={face === 'portal' ? m.wrong_door_staff() : m.wrong_door_client()}>
      <Button component="a" href={import.meta.env.OTHER_FACE}>
        {face === 'portal' ? m.to_bureau() : m.to_portal()}
      </Button>
      <Button variant="default" onClick={() => void signOut()}>
        {m.sign_out()}
      </Button>
    </Door>
  );
}
