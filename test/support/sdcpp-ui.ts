import { SdcppFeed } from './sdcpp-feed.js';

export interface UiAnswer<Body = Record<string, unknown>> {
  status: number;
  body: Body;
}

/** A job as the web UI lists it, as far as the tests read it. */
export interface UiJob {
  job_id: string;
  type: string;
  status: string;
  outputs: string[];
  params?: Record<string, unknown>;
  progress: { step: number; total_steps: number };
  title?: string;
}

/** Statuses at which the web UI asks again, GETs only. */
const AGAIN = [408, 429, 500, 502, 503, 504];

/**
 * Calls a server as the web UI of stable-diffusion.cpp-restapi (August 2026) does: addresses from the root,
 * a JSON content type with every call, a cookie and no other credential, and every answer read as JSON
 * before its status is looked at.
 */
export class SdcppUi {
  private cookie = '';
  private feed: SdcppFeed | undefined;

  constructor(
    /** Address of the listener, without a slash at its end. */
    readonly base: string,
  ) {}

  /** As a browser: with the cookie, following nothing. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set('cookie', this.cookie);
    return fetch(`${this.base}${path}`, { ...init, headers, redirect: 'manual' });
  }

  async signIn(username: string, password: string): Promise<UiAnswer> {
    const answer = await this.call('POST', '/auth/login', { username, password });
    return answer;
  }

  async signOut(): Promise<UiAnswer> {
    return this.call('POST', '/auth/logout');
  }

  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<UiAnswer<Body>> {
    const answer = await this.fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.keepCookie(answer);
    return { status: answer.status, body: (await answer.json()) as Body };
  }

  /** With the tries of the web UI. @throws Error where the answer is no good. */
  async get<Body = Record<string, unknown>>(path: string): Promise<Body> {
    for (let tries = 0; ; tries += 1) {
      const { status, body } = await this.call<Body>('GET', path);
      if (status < 300) return body;
      if (!AGAIN.includes(status) || tries === 3)
        throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    }
  }

  /** What it reads when it starts, in its order. */
  async start(): Promise<{ health: Record<string, unknown>; feed: SdcppFeed }> {
    const health = await this.get('/health');
    const reads = ['/queue', '/options', '/settings/generation', '/settings/preferences'];
    await Promise.all([...reads, '/preview/settings'].map((path) => this.get(path)));
    if (health['ws_enabled'] !== true) throw new Error('No socket is offered.');
    return { health, feed: await this.connect() };
  }

  async connect(): Promise<SdcppFeed> {
    this.feed = await SdcppFeed.open(`${this.base}/ws`, { headers: { cookie: this.cookie } });
    this.feed.socket.send(JSON.stringify({ type: 'ping' }));
    return this.feed;
  }

  disconnect(): void {
    this.feed?.close();
  }

  private keepCookie(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      this.cookie = pair.endsWith('=') ? '' : pair;
    }
  }
}
