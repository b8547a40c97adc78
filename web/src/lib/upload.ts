import { asked } from '~/api/client';
import { readProblem } from '~/api/problem';
import type { components } from '~/api/schema';
import { API } from '~/api/session';

type Offer = components['schemas']['UploadOffer'];

/** Brings a file to the storage and returns what names it when it is handed in (`upload`).

    offer    the API's path that offers a form, such as `/api/v1/contracts/…/signed-copy-uploads`
    onShare  told how much of it has gone out, from 0 to 1
    Throws a problem when it is refused on the way.
*/
export async function bring(offer: string, file: File, onShare?: (share: number) => void): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const credentials = API ? 'include' : 'same-origin';
  const asking = new Request(`${API || location.origin}${offer}`, {
    method: 'POST',
    credentials,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ size: file.size, media_type: file.type, sha256 }),
  });
  const answer = await asked(asking);
  if (!answer.ok) throw await readProblem(answer);
  const { upload, url, fields } = (await answer.json()) as Offer;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file);
  const brought = await post(url, form, onShare);
  if (!brought.ok) throw await readProblem(brought);
  return upload;
}

/** As `fetch` does, which does not say how far it is. */
function post(url: string, form: FormData, onShare?: (share: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => lengthComputable && onShare?.(loaded / total);
    request.onload = () => resolve(new Response(request.responseText || null, { status: request.status }));
    request.onerror = () => reject(new TypeError('the file did not get through'));
    request.send(form);
  });
}
