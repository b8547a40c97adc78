import { createFileRoute } from '@tanstack/react-router';
import { ByMail } from '~/app/sign-in/by-mail';

export const Route = createFileRoute('/sign-up')({ component: () => <ByMail why="sign-up" /> });
