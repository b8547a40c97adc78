import type { components } from '~/api/schema';

type Chain = components['schemas']['Chain'];

const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function fromHex(text: string): Uint8Array {
  const digits = text.replaceAll('-', '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

function number(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256);
}

const sha256 = (bytes: Uint8Array) => crypto.subtle.digest('SHA-256', bytes as BufferSource);

/** Recomputes a chain here, by the formula of the proof and with nothing of the service's word.

    told  hears of each link that was found as it is written
    Gives the first version that is not what was written, or null; and the last link that was computed.
*/
export async function recompute(chain: Chain, told: () => void = () => undefined) {
  let link: ArrayBuffer = new ArrayBuffer(32);
  for (const each of chain.links) {
    const parts = [
      new Uint8Array(link),
      fromHex(chain.id),
      number(each.version, 4),
      new Uint8Array(await sha256(new TextEncoder().encode(each.event))),
      number(each.shape, 2),
      number(each.lane, 1),
      each.owner ? fromHex(each.owner) : new Uint8Array(16),
      fromHex(each.meta_sha256),
      fromHex(each.state_sha256),
    ];
    link = await sha256(Uint8Array.from(parts.flatMap((part) => [...part])));
    if (hex(link) !== each.link) return { brokenAt: each.version, head: hex(link) };
    told();
  }
  return { brokenAt: null, head: hex(link) };
}
