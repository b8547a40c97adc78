import type { components } from '~/api/schema';

type Shown = components['schemas']['ShownPasskey'];
type Made = components['schemas']['MadePasskey'];
type Options = Record<string, unknown>;

export const passkeysWork = () =>
  'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** Asks the browser for a passkey. Null when the person would not. */
export async function showPasskey(options: Options): Promise<Shown | null> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never);
  const found = (await navigator.credentials.get({ publicKey }).catch(() => null)) as PublicKeyCredential | null;
  if (!found) return null;
  const { id, rawId, type, response } = found.toJSON() as never as Shown;
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return { id, rawId, type, response: { clientDataJSON, authenticatorData, signature, userHandle } };
}

/** Has the browser make one. Null when the person would not. */
export async function makePasskey(options: Options): Promise<Made | null> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as never);
  const made = (await navigator.credentials.create({ publicKey }).catch(() => null)) as PublicKeyCredential | null;
  if (!made) return null;
  const { id, rawId, type, response } = made.toJSON() as never as Made;
  const { clientDataJSON, attestationObject } = response;
  return { id, rawId, type, response: { clientDataJSON, attestationObject } };
}
