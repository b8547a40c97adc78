import { type Photo, pdfOf } from './photos-as-pdf';

/** Pixels of the longer side: a page of paper is well read at this, and travels fast. */
const SIDE = 2_200;
const QUALITY = 0.85;

/** A document takes the place of everything; photographs follow one another. */
export const withPage = (files: readonly File[], file: File): File[] =>
  file.type === 'application/pdf' ? [file] : [...files.filter((each) => each.type.startsWith('image/')), file];

/** What goes out: the one file as it is; several photographs as the pages of one document. */
export async function asOne(files: readonly File[], name: string): Promise<File> {
  const [first, second] = files;
  if (!first) throw new Error('nothing was chosen');
  if (!second) return first;
  const pages: Photo[] = [];
  for (const file of files) pages.push(await photoOf(file));
  return new File([pdfOf(pages)], `${name}.pdf`, { type: 'application/pdf' });
}

/** Upright, whatever the telephone was held like, and no larger than it takes to read it. */
async function photoOf(file: File): Promise<Photo> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws nothing');
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  return { width, height, jpeg: new Uint8Array(await blob.arrayBuffer()) };
}
