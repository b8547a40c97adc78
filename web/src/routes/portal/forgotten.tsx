import { createFileRoute } from '@tanstack/react-router';
import { ByMail } from '~/app/sign-in/by-mail';

export const Route = createFileRoute('/forgotten')({ component: () => <ByMail why="password-reset" /> });
