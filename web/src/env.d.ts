/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Where the other application lives: the bureau for the portal, the portal for the bureau. */
  readonly OTHER_FACE: string;
}
