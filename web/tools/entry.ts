import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import type { Face } from './routes.ts';

const COMPRESSIBLE = /\.(js|mjs|css|html|svg|txt|json|wasm)$/;
const SMALL = 400;

/** The page of one face is its index; everything that shrinks lies beside its compressed forms, so nobody compresses while serving. */
export function entry(face: Face): Plugin {
  let out = '';
  return {
    name: 'face-entry',
    configResolved: (config) => {
      out = join(config.root, config.build.outDir);
    },
    configureServer: (server) => {
      server.middlewares.use((request, _response, next) => {
        const path = request.url?.split('?')[0] ?? '';
        const page = request.headers.accept?.includes('text/html') && !/\.\w+$/.test(path);
        if (page && !/^\/(api|docs|health|@)/.test(path)) request.url = `/${face}.html`;
        next();
      });
    },
    closeBundle: {
      order: 'post',
      handler() {
        if (!out) return;
        try {
          renameSync(join(out, `${face}.html`), join(out, 'index.html'));
        } catch {
          return; // the development server has nothing to close
        }
        for (const file of files(out)) compress(file);
      },
    },
  };
}

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

function compress(file: string) {
  const bytes = readFileSync(file);
  if (!COMPRESSIBLE.test(file) || bytes.length < SMALL) return;
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
}
