import { beforeEach, expect, test } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { changesOf, reasonOf, type Version } from './changes';

const line = (number: number, due_on: string, principal: number, interest = 10_00) => ({
  number,
  due_on,
  principal,
  interest,
  fee: 0,
  insurance: 0,
});
const agreed: Version = {
  number: 1,
  on: '2026-05-05',
  why: 'agreed',
  after: 0,
  currency: 'EUR',
  lines: [line(1, '2026-06-05', 90_00), line(2, '2026-07-05', 90_00), line(3, '2026-08-05', 90_01)],
};
beforeEach(() => void setLocale('fr', { reload: false }));

/** Non-breaking spaces are for the eye. */
const plain = (sentences: string[]) => sentences.map((each) => each.replace(/[\u00a0\u202f]/g, ' '));

test('another due day is said with both days and both dates', () => {
  const now: Version = {
    ...agreed,
    number: 2,
    why: 'due-day-changed',
    after: 1,
    lines: [line(1, '2026-06-05', 90_00), line(2, '2026-07-15', 90_00), line(3, '2026-08-15', 90_01)],
  };
  expect(plain(changesOf(agreed, now))).toEqual([
    'Le jour de paiement passe du 5 au 15.',
    'La prochaine échéance était le 5 juil. 2026 ; c’est le 15 juil. 2026.',
    'La dernière échéance était le 5 août 2026 ; c’est le 15 août 2026.',
  ]);
  expect(reasonOf(now)).toBe('vous avez demandé un autre jour de paiement');
});

test('fewer and smaller instalments are said, and what that saves', () => {
  const now: Version = { ...agreed, number: 2, why: 'repaid-in-part', lines: [line(1, '2026-06-05', 50_00, 5_00)] };
  expect(plain(changesOf(agreed, now))).toEqual([
    'L’échéance passe de 100,00 € à 55,00 €.',
    'Nombre d’échéances en tout : 1, contre 3 avant.',
    'La dernière échéance était le 5 août 2026 ; c’est le 5 juin 2026.',
    'Les intérêts passent de 30,00 € à 5,00 € en tout.',
  ]);
});

test('what stays is not said', () => {
  expect(changesOf(agreed, { ...agreed, number: 2, why: 'rescheduled' })).toEqual([]);
});

test('nothing is to come after a loan that was settled', () => {
  expect(() => changesOf(agreed, { ...agreed, number: 2, why: 'repaid-in-full', lines: [] })).not.toThrow();
});
