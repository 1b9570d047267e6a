import { request, type Dispatcher } from 'undici';
import { messageOf, VERSION } from '../../common/index.js';
import { TextError } from '../text.errors.js';

/** Bytes of one answer, its wrapping included. */
const ANSWER_LIMIT = 8 * 1024 * 1024;

/** Bytes of a refusal that are read. */
const REFUSAL_LIMIT = 64 * 1024;

/** Characters of the endpoint's own sentence that are passed on. */
const REASON_LENGTH = 300;

interface Sent {
  method: 'GET' | 'POST';
  body?: object;
}

export interface EndpointAnswer {
  contentType: string;
  body: AsyncIterable<Buffer>;
}

/** A refusal of the endpoint that a wire may know how to deal with. */
export class EndpointRefusal extends Error {
  override name = 'EndpointRefusal';

  constructor(
    readonly status: number,
    /** The endpoint's own sentence; empty where it says nothing. */
    readonly reason: string,
    readonly retryAfter: string | undefined,
  ) {
    super(`status ${status}: ${reason}`);
  }

  /** As it is told to the caller. */
  toTextError(model = ''): TextError {
    if (this.status === 401 || this.status === 403) return TextError.keyRefused(this.status);
    if (this.status === 429) return TextError.rateLimited(this.retryAfter);
    if (this.status === 404 && /model/i.test(this.reason)) return TextError.modelMissing(model);
    return TextError.refused(this.status, this.reason);
  }
}

/** HTTP to one endpoint: its key, bounds and failures. Redirects are not followed: they would take the key along. */
export class EndpointHttp {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly apiKey: string,
  ) {}

  /** @throws TextError, EndpointRefusal; the signal's reason once that is aborted */
  async json(url: string, signal: AbortSignal, body?: object): Promise<unknown> {
    const answer = await this.send(url, signal, { method: body ? 'POST' : 'GET', body });
    const chunks: Buffer[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    return parsed(Buffer.concat(chunks).toString('utf8'));
  }

  /** As {@link json}; the answer is read by the caller. */
  post(url: string, signal: AbortSignal, body: object): Promise<EndpointAnswer> {
    return this.send(url, signal, { method: 'POST', body });
  }

  private async send(url: string, signal: AbortSignal, sent: Sent): Promise<EndpointAnswer> {
    const { statusCode, headers, body } = await this.reach(url, signal, sent);
    // Destroyed unread, the body would end the process with an error that nobody hears.
    body.on('error', () => undefined);
    if (statusCode === 200)
      return { contentType: textOf(headers['content-type']), body: bounded(body, signal) };
    const reason = this.reasonIn(await beginning(body), statusCode);
    throw new EndpointRefusal(statusCode, reason, textOf(headers['retry-after']));
  }

  private async reach(
    url: string,
    signal: AbortSignal,
    { method, body }: Sent,
  ): Promise<Dispatcher.ResponseData> {
    try {
      return await request(url, {
        dispatcher: this.dispatcher,
        method,
        signal,
        body: body && JSON.stringify(body),
        // The deadline of the whole answer is the only one.
        headersTimeout: 0,
        bodyTimeout: 0,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(this.apiKey !== '' && { authorization: `Bearer ${this.apiKey}` }),
          accept: 'application/json, application/x-ndjson, text/event-stream',
          'accept-encoding': 'identity',
          'user-agent': `atelier/${VERSION}`,
        },
      });
    } catch (error) {
      signal.throwIfAborted();
      throw TextError.unreachable(error);
    }
  }

  /** What the endpoint says, in one line and without the key, should it repeat that. */
  private reasonIn(text: string, status: number): string {
    if (status >= 300 && status < 400) return 'look elsewhere. Give the address that it sends to';
    const said = reasonOf(text).replaceAll(/\s+/g, ' ').trim();
    const safe = this.apiKey === '' ? said : said.replaceAll(this.apiKey, '***');
    return safe.slice(0, REASON_LENGTH);
  }
}

function textOf(header: string | string[] | undefined): string {
  return [header].flat()[0] ?? '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw TextError.badAnswer('is no JSON', error);
  }
}

/** `{error: "…"}` of Ollama, `{error: {message}}` of OpenAI, `{message}` and `{detail}` of others, or plain text. */
function reasonOf(text: string): string {
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>;
    const nested = (error as { message?: unknown } | undefined)?.message;
    const said = [nested, error, message, detail].find((one) => typeof one === 'string');
    return typeof said === 'string' ? said : '';
  } catch {
    return text.startsWith('<') ? '' : text;
  }
}

async function beginning(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > REFUSAL_LIMIT) break;
    }
  } catch {
    // What came of it says enough.
  }
  return Buffer.concat(chunks).subarray(0, REFUSAL_LIMIT).toString('utf8');
}

async function* bounded(
  body: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > ANSWER_LIMIT) throw TextError.badAnswer('does not end');
      yield chunk;
    }
  } catch (error) {
    if (error instanceof TextError) throw error;
    signal.throwIfAborted();
    throw TextError.badAnswer(`broke off (${messageOf(error)})`, error);
  }
}
