import { createFileRoute } from '@tanstack/react-router';
import { Mailed } from '~/app/sign-in/mailed';

export const Route = createFileRoute('/password')({ component: () => <Mailed what="password" /> });
