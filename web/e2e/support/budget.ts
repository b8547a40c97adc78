import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page, Request } from '@playwright/test';
import type { Face } from './test.ts';

/** Thousands of bytes, compressed with gzip; and a count of requests. */
export type Budget = { js: number; css: number; lazy: number; font: number; requests: number };

export const BUDGETS: Record<Face, Budget> = {
  portal: { js: 140, css: 12, lazy: 35, font: 49, requests: 14 },
  bureau: { js: 185, css: 16, lazy: 45, font: 49, requests: 24 },
};
/** Of the pieces that are drawn later: a chart when it is seen and the page is idle, a document when it is opened. */
const APART = { chart: 110, pdf: 600 };

const DIST = resolve(import.meta.dirname, '../../dist');

/** Everything a page asks for, from now on. */
export class Traffic {
  readonly requests: Request[] = [];

  constructor(page: Page) {
    page.on('request', (request) => void (request.url().startsWith('http') && this.requests.push(request)));
  }

  /** Addresses of files of the build. */
  files(): string[] {
    return [
      ...new Set(this.requests.map((each) => new URL(each.url()).pathname).filter((path) => path.includes('/assets/'))),
    ];
  }
}

/** In thousands of bytes, as a browser with gzip is given it. */
export function weight(path: string): number {
  const inside = path.startsWith('/bureau/') ? `bureau/${path.slice('/bureau/'.length)}` : `portal${path}`;
  const file = resolve(DIST, inside);
  if (/\.(woff2|png|webp)$/.test(file)) return statSync(file).size / 1000;
  return (
    (existsSync(`${file}.gz`) ? statSync(`${file}.gz`).size : gzipSync(readFileSync(file), { level: 9 }).length) / 1000
  );
}

type Kind = 'js' | 'css' | 'font' | 'chart' | 'pdf';

function kindOf(path: string): Kind | null {
  if (/pdf/i.test(path)) return 'pdf';
  if (/chart/i.test(path) && path.endsWith('.js')) return 'chart';
  if (/\.m?js$/.test(path)) return 'js';
  if (path.endsWith('.css')) return 'css';
  return path.endsWith('.woff2') ? 'font' : null;
}

export function weigh(files: readonly string[]): Record<Kind, number> {
  const total: Record<Kind, number> = { js: 0, css: 0, font: 0, chart: 0, pdf: 0 };
  for (const file of files) {
    const kind = kindOf(file);
    if (kind) total[kind] += weight(file);
  }
  return total;
}

const over = (what: string, is: number, most: number) =>
  is > most ? [`${what}: ${is.toFixed(1)} is more than ${most}`] : [];

/** What is too heavy about a first page. */
export function firstRoute(what: string, files: readonly string[], requests: number, budget: Budget): string[] {
  const { js, css, font, chart } = weigh(files);
  return [
    ...over(`${what}, JS in kB`, js, budget.js),
    ...over(`${what}, CSS in kB`, css, budget.css),
    ...over(`${what}, font in kB`, font, budget.font),
    ...over(`${what}, charts in kB`, chart, APART.chart),
    ...over(`${what}, requests until it is usable`, requests, budget.requests),
  ];
}

/** What is too heavy about what a further page adds. */
export function furtherRoute(what: string, added: readonly string[], budget: Budget): string[] {
  const { js, css, chart, pdf } = weigh(added);
  return [
    ...over(`${what}, JS and CSS in kB`, js + css, budget.lazy),
    ...over(`${what}, charts in kB`, chart, APART.chart),
    ...over(`${what}, documents in kB`, pdf, APART.pdf),
  ];
}
