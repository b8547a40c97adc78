/** Trusted Types: the one place where a text becomes the address of a script, and only one of ours. */
type Policy = { createScriptURL: (address: string) => string };
type Factory = { createPolicy: (name: string, rules: Policy) => Policy };

function ours(address: string): string {
  if (new URL(address, location.href).origin !== location.origin) throw new Error('a script of somebody else');
  return address;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy('quittance', { createScriptURL: ours }) ?? { createScriptURL: ours };

export const scriptAddress = (address: string) => policy.createScriptURL(address);
