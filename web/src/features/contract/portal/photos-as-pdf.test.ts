import { expect, it } from 'vitest';
import { withPage } from './photos';
import { pdfOf } from './photos-as-pdf';

const photo = (width: number, height: number) => ({ width, height, jpeg: new Uint8Array([0xff, 0xd8, 0xff, 0xd9]) });
const latin = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

it('each photograph is a page of paper, lying or standing as it is', () => {
  const text = latin(pdfOf([photo(1_000, 2_000), photo(2_000, 1_000)]));
  expect(text.match(/\/MediaBox \[[^\]]+\]/g)).toEqual(['/MediaBox [0 0 595 842]', '/MediaBox [0 0 842 595]']);
  expect(text).toContain('/Count 2');
});

it('the table at the end says where each object begins', () => {
  const text = latin(pdfOf([photo(10, 10)]));
  const start = Number(/startxref\n(\d+)\n/.exec(text)?.[1]);
  expect(text.slice(start, start + 4)).toBe('xref');
  const offsets = [...text.slice(start).matchAll(/(\d{10}) 00000 n/g)].map(([, offset]) => Number(offset));
  expect(offsets).toHaveLength(5);
  for (const [index, offset] of offsets.entries())
    expect(text.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj`));
});

it('a photograph keeps its proportions, in the middle of the paper', () => {
  expect(latin(pdfOf([photo(100, 100)]))).toContain('q 595.00 0.00 0.00 595.00 0.00 123.50 cm');
});

it('a document takes the place of photographs, photographs follow one another', () => {
  const [one, two] = ['1.jpg', '2.jpg'].map((name) => new File(['x'], name, { type: 'image/jpeg' })) as [File, File];
  const pdf = new File(['x'], 'scan.pdf', { type: 'application/pdf' });
  expect(withPage([one], two)).toEqual([one, two]);
  expect(withPage([one, two], pdf)).toEqual([pdf]);
  expect(withPage([pdf], one)).toEqual([one]);
});
