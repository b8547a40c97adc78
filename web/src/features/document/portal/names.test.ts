import { expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { fileNameOf } from './names';

it('a file is named by what it is, with the ending of its type', () => {
  void setLocale('fr', { reload: false });
  const copy = { purpose: 'signed-copy', reference: 'K-2026-000001' };
  expect(fileNameOf({ ...copy, media_type: 'image/jpeg' })).toBe('Exemplaire signé K-2026-000001.jpg');
  expect(fileNameOf({ ...copy, media_type: 'application/zip' })).toBe('Exemplaire signé K-2026-000001');
  expect(fileNameOf({ purpose: 'other', reference: 'X-1', media_type: 'application/pdf' })).toBe('X-1.pdf');
});
