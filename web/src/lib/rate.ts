/** A yearly rate as people type it ("9,5"), in basis points; null when it is none. */
export function readRate(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f%]/g, '').replace(',', '.');
  return /^\d{1,3}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
}

/** Basis points as they are typed: `6,00` in French. */
export const writtenRate = (basisPoints: number, locale: string) =>
  (basisPoints / 100).toFixed(2).replace('.', locale === 'fr' ? ',' : '.');
