import { describe, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import written from '../../../docs/openapi.json?raw';
import { EVENTS, eventTitle } from './events';
import { anyEventTitle, HOUSE_EVENTS } from './house-events';

const openapi = JSON.parse(written);
const told = (schema: string): string[] => openapi.components.schemas[schema].properties.event.enum;

describe.each(['fr', 'en'] as const)('titles of events, %s', (locale) => {
  it.each([...new Set([...told('HistoryEntry'), ...told('ActivityEntry')])])('%s', (name) => {
    void setLocale(locale, { reload: false });
    expect(anyEventTitle(name)).not.toBe(name);
    expect(anyEventTitle(name)).not.toBe('');
  });
});

it('a history needs the shared titles alone, and none is left over', () => {
  expect(Object.keys(EVENTS).sort()).toEqual([...told('HistoryEntry')].sort());
  expect(Object.keys({ ...EVENTS, ...HOUSE_EVENTS }).sort()).toEqual(
    [...new Set([...told('HistoryEntry'), ...told('ActivityEntry')])].sort(),
  );
});

it('a name from a newer back end stands as it is', () => {
  expect(eventTitle('Loan.Renamed')).toBe('Loan.Renamed');
});
