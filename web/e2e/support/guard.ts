import type { BrowserContext, ConsoleMessage, Request } from '@playwright/test';

/** Watches browsers while they are driven: what should never happen on any page, whatever the journey is about. */
export class Guard {
  readonly found: string[] = [];
  private expected: RegExp[] = [];

  constructor(private readonly home: string) {}

  /** A browser says each refused request in its console; a journey about refusals expects some. */
  allow(...what: RegExp[]) {
    this.expected.push(...what);
  }

  /** What was broken on purpose was found: nothing of it counts. */
  done() {
    this.found.length = 0;
    this.expected.push(/./);
  }

  watch(context: BrowserContext) {
    context.on('request', (request) => this.sent(request));
    context.on('console', (message) => this.said(message));
    context.on('weberror', (error) => this.note(`error on a page: ${error.error().message}`));
  }

  private sent(request: Request) {
    const { protocol, origin, href } = new URL(request.url());
    if (/^(data|blob|about):$/.test(protocol) || origin === this.home) return;
    this.note(`a request to elsewhere: ${href}`);
  }

  private said(message: ConsoleMessage) {
    if (message.type() !== 'error') return;
    const where = message.location().url;
    // Whoever is not in yet is told so, and the way of renewing is to be told so first.
    if (/status of 401/.test(message.text()) && /\/api\/v1\//.test(where)) return;
    this.note(`in the console: ${message.text()} (${where})`);
  }

  private note(what: string) {
    if (!this.expected.some((each) => each.test(what))) this.found.push(what);
  }
}
