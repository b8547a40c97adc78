import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { Answer } from './states';

afterEach(cleanup);
beforeEach(() => void setLocale('fr', { reload: false }));
const asked = { data: undefined, error: null as unknown, isPending: false, refetch: () => undefined };
const drawn = (of: typeof asked) =>
  render(
    <MantineProvider>
      <Answer of={of}>{(data: string) => <p>{data}</p>}</Answer>
    </MantineProvider>,
  );

it('says what a refusal says: the rule and the way out', () => {
  drawn({
    ...asked,
    error: {
      type: 'forbidden',
      status: 403,
      title: 'Ce compte ne le peut pas.',
      what_to_do: 'Demandez à un administrateur.',
    },
  });
  expect(screen.getByRole('alert').textContent).toContain('Ce compte ne le peut pas.');
  expect(screen.getByRole('alert').textContent).toContain('Demandez à un administrateur.');
});

it('says that nobody answers, and asks again when told to', async () => {
  let times = 0;
  drawn({ ...asked, error: new TypeError('Failed to fetch'), refetch: () => void times++ });
  expect(screen.getByRole('alert').textContent).toContain('Le service ne répond pas');
  await userEvent.click(screen.getByRole('button', { name: 'Réessayer' }));
  expect(times).toBe(1);
});

it('says that it loads', () => {
  drawn({ ...asked, isPending: true });
  expect(screen.getByRole('status', { name: 'Chargement' })).toBeDefined();
});
