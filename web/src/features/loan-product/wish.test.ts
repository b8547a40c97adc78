import { expect, test } from 'vitest';
import { NO_DAYS, readDays } from './wish';

test('days are asked for as the API takes them', () => {
  expect(readDays(NO_DAYS, 'EUR')).toEqual({ drawdowns: [], fixings: [], holidays: [] });
  const typed = {
    drawdowns: [{ on: '2026-05-04', amount: '1000,5' }],
    fixings: [{ on: '2026-05-01', rate: '2,15' }],
    holidays: [{ on: '2026-05-27' }],
  };
  expect(readDays(typed, 'EUR')).toEqual({
    drawdowns: [{ on: '2026-05-04', amount: { amount: '1000.50', currency: 'EUR' } }],
    fixings: [{ on: '2026-05-01', rate: 215 }],
    holidays: ['2026-05-27'],
  });
});

test.each([
  { drawdowns: [{ on: '', amount: '1000.00' }] },
  { drawdowns: [{ on: '2026-05-04', amount: '' }] },
  { fixings: [{ on: '2026-05-04', rate: 'two' }] },
  { holidays: [{ on: '' }] },
])('nothing is asked while a row is not whole: %j', (unfinished) => {
  expect(readDays({ ...NO_DAYS, ...unfinished }, 'EUR')).toBeNull();
});
