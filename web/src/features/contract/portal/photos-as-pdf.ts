/** A photograph as a JPEG, with its size in pixels. */
export type Photo = { width: number; height: number; jpeg: Uint8Array };

/** A4, in points. */
const [SHORT, LONG] = [595, 842];

/** A PDF with a photograph on each page, as large as the paper allows. The pictures are in it as they came. */
export function pdfOf(photos: readonly Photo[]): Uint8Array<ArrayBuffer> {
  const file = new Writer();
  const kids = photos.map((_, index) => `${3 + index * 3} 0 R`).join(' ');
  file.object('<< /Type /Catalog /Pages 2 0 R >>');
  file.object(`<< /Type /Pages /Count ${photos.length} /Kids [${kids}] >>`);
  for (const photo of photos) {
    const [width, height] = photo.width > photo.height ? [LONG, SHORT] : [SHORT, LONG];
    const scale = Math.min(width / photo.width, height / photo.height);
    const [wide, high] = [photo.width * scale, photo.height * scale];
    const at = [wide, 0, 0, high, (width - wide) / 2, (height - high) / 2].map((each) => each.toFixed(2)).join(' ');
    const draw = `q ${at} cm /P Do Q`;
    const page = file.next;
    file.object(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${page + 1} 0 R` +
        ` /Resources << /XObject << /P ${page + 2} 0 R >> >> >>`,
    );
    file.object(`<< /Length ${draw.length} >>`, new TextEncoder().encode(draw));
    file.object(
      `<< /Type /XObject /Subtype /Image /Width ${photo.width} /Height ${photo.height} /ColorSpace /DeviceRGB` +
        ` /BitsPerComponent 8 /Filter /DCTDecode /Length ${photo.jpeg.length} >>`,
      photo.jpeg,
    );
  }
  return file.end();
}

class Writer {
  private parts: Uint8Array[] = [];
  private length = 0;
  private offsets: number[] = [];

  constructor() {
    this.text('%PDF-1.4\n%');
    // Four bytes above 127: whoever carries the file sees that it is no text.
    this.bytes(new Uint8Array([0xe2, 0xe3, 0xcf, 0xd3]));
    this.text('\n');
  }

  get next() {
    return this.offsets.length + 1;
  }

  object(dictionary: string, stream?: Uint8Array) {
    const number = this.next;
    this.offsets.push(this.length);
    this.text(`${number} 0 obj\n${dictionary}\n`);
    if (stream) {
      this.text('stream\n');
      this.bytes(stream);
      this.text('\nendstream\n');
    }
    this.text('endobj\n');
  }

  end(): Uint8Array<ArrayBuffer> {
    const start = this.length;
    const count = this.next;
    const rows = this.offsets.map((each) => `${String(each).padStart(10, '0')} 00000 n \n`).join('');
    this.text(`xref\n0 ${count}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${count} /Root 1 0 R >>\n`);
    this.text(`startxref\n${start}\n%%EOF\n`);
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  private text(text: string) {
    this.bytes(new TextEncoder().encode(text));
  }

  private bytes(bytes: Uint8Array) {
    this.parts.push(bytes);
    this.length += bytes.length;
  }
}
