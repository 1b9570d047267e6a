import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { JobUpdate } from '../../src/events/index.js';
import { until } from './until.js';

const FINAL = ['completed', 'failed', 'cancelled'];

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
}

export interface Call {
  /** Sent as it is, in contrast to fetch, which tidies paths up. */
  path: string;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  headers?: OutgoingHttpHeaders;
  /** An object is sent as JSON, a text as it is. */
  body?: object | string;
}

/** A job as the API shows it, as far as the tests read it. */
export interface Job {
  id: string;
  status: JobUpdate['status'];
  prompt: string;
  position: number | null;
  progress: number;
  current_step: number;
  total_steps: number;
  time_elapsed: number;
  attempts: number;
  error: { code: string; message: string } | null;
  outputs: {
    filename: string;
    content_type: string;
    size: number;
    width: number;
    height: number;
    seed: number;
    url: string;
  }[];
  parameters: { options: Record<string, unknown> };
}

export interface Picture {
  prompt: string;
  [option: string]: unknown;
}

/** A small picture that is drawn in about half a second. */
export const APPLE = { prompt: 'red apple', width: 128, height: 128, steps: 4, seed: 42 };

/** A tiny picture in enough steps to do something to it in the meantime. */
export const SLOW_APPLE = { ...APPLE, width: 64, height: 64, steps: 60 };

/** More steps than a test wants to wait for. */
export const ENDLESS_APPLE = { ...APPLE, steps: 150 };

export function jsonOf<T>({ bytes }: HttpReply): T {
  return JSON.parse(bytes.toString()) as T;
}

/** One connection a request: a server that was killed must not leave a dead one behind. */
const agent = new Agent({ keepAlive: false });

/** Where to connect: a URL of HTTP, or `unix:` and the path of a socket. */
function targetOf(base: string): { hostname: string; port: string } | { socketPath: string } {
  if (base.startsWith('unix:')) return { socketPath: base.slice('unix:'.length) };
  const { hostname, port } = new URL(base);
  return { hostname, port };
}

/** Sends one HTTP request; the answer is given whatever its status. */
export function call(base: string, { path, method, headers = {}, body }: Call): Promise<HttpReply> {
  const payload = typeof body === 'object' ? JSON.stringify(body) : body;
  const type = payload === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        ...targetOf(base),
        path,
        method: method ?? (payload === undefined ? 'GET' : 'POST'),
        headers: { ...type, ...headers },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            bytes: Buffer.concat(chunks),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

/** One user of a running server. */
export class TestClient {
  constructor(
    private readonly base: () => string,
    readonly token: string,
  ) {}

  api(request: Call): Promise<HttpReply> {
    const headers = { authorization: `Bearer ${this.token}`, ...request.headers };
    return call(this.base(), { ...request, headers });
  }

  /** Asks for a picture; gives the job's id. */
  async submit(picture: Picture | Record<string, unknown>, kind = 'text2img'): Promise<string> {
    const reply = await this.api({ path: `/api/generate/${kind}`, body: picture });
    if (reply.status !== 202) throw new Error(`Refused: ${reply.bytes.toString()}`);
    return jsonOf<{ request_id: string }>(reply).request_id;
  }

  async job(id: string): Promise<Job> {
    const reply = await this.api({ path: `/api/queue/job/${id}` });
    if (reply.status !== 200) throw new Error(`No job: ${reply.bytes.toString()}`);
    return jsonOf<{ job: Job }>(reply).job;
  }

  /** The job once it has come to its end, whichever. */
  waitForJob(id: string, within = 60_000): Promise<Job> {
    return until(`the end of job ${id}`, within, async () => {
      const job = await this.job(id);
      return FINAL.includes(job.status) && job;
    });
  }

  /** Draws a picture; gives its bytes. */
  async draw(picture: Picture | Record<string, unknown>, kind?: string): Promise<Buffer> {
    const { id, status, error } = await this.waitForJob(await this.submit(picture, kind));
    if (status !== 'completed') throw new Error(`The job ${status}: ${JSON.stringify(error)}`);
    return this.output(id);
  }

  async output(id: string, filename = 'image_0.png'): Promise<Buffer> {
    const reply = await this.api({ path: `/api/queue/job/${id}/output/${filename}` });
    if (reply.status !== 200) throw new Error(`No file: ${reply.bytes.toString()}`);
    return reply.bytes;
  }

  cancel(id: string): Promise<HttpReply> {
    return this.api({ path: '/api/queue/cancel', body: { job_id: id } });
  }
}
