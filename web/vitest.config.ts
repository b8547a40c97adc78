import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The tests that hold words against the OpenAPI read it from above this folder.
  server: { fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], css: false },
});
