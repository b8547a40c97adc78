import { fileURLToPath } from 'node:url';
import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { noCircles } from './tools/circles.ts';
import { entry } from './tools/entry.ts';
import { lean } from './tools/lean.ts';
import { plain } from './tools/plain.ts';
import { routesOf } from './tools/routes.ts';

/** Two applications from one tree: `vite build --mode portal` and `--mode bureau`. Each may live on a host of its own. */
export default defineConfig(({ mode, command }) => {
  const face = mode === 'bureau' ? 'bureau' : 'portal';
  const base = process.env.WEB_BASE ?? (face === 'bureau' ? '/bureau/' : '/');
  return {
    base,
    publicDir: 'public',
    plugins: [tanstackRouter(routesOf(face)), react(), plain(), lean(), noCircles(), entry(face)],
    resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
    define: {
      'import.meta.env.OTHER_FACE': JSON.stringify(process.env.WEB_OTHER ?? (face === 'bureau' ? '/' : '/bureau/')),
    },
    server: {
      host: '127.0.0.1',
      strictPort: false,
      proxy: Object.fromEntries(
        ['/api', '/docs', '/openapi.json', '/health'].map((path) => [
          path,
          { target: process.env.WEB_API ?? 'http://localhost:8000', changeOrigin: command === 'serve' },
        ]),
      ),
    },
    build: {
      target: 'es2023',
      outDir: `dist/${face}`,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      cssMinify: 'lightningcss',
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: {
        input: `${face}.html`,
        output: {
          // The names of what several pages share would be as long as the list of those pages.
          chunkFileNames: ({ name }) => `assets/${name.startsWith('shared') ? 'shared' : name}-[hash].js`,
          assetFileNames: ({ names }) =>
            `assets/${names[0]?.startsWith('shared') ? 'shared-[hash][extname]' : '[name]-[hash][extname]'}`,
          codeSplitting: {
            includeDependenciesRecursively: false,
            groups: [
              { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 30 },
              // Everything that the entry needs, whoever else needs it too: one request instead of one for each sharer.
              { name: 'app', tags: ['$initial'], priority: 25 },
              // What several pages share travels with what is shared by the same ones; small pieces join the nearest others.
              {
                name: 'shared',
                minShareCount: 2,
                entriesAware: true,
                entriesAwareMergeThreshold: 800,
                priority: 10,
              },
            ],
          },
        },
      },
    },
  };
});
