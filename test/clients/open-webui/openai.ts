import { call, jsonOf, type HttpReply } from '../../support/client.js';
import { decoded } from './automatic1111.js';

/** A person of Open WebUI, as its forwarding headers tell who asks. */
export interface Person {
  id: string;
  name: string;
  email: string;
  role: 'admin' | 'user';
}

/** What the administrator of Open WebUI enters for this engine. */
export interface OpenaiSettings {
  /** Ends in `/v1`. */
  base: string;
  key: string;
  /** Default: `dall-e-2`. */
  model?: string;
  /** Models that are not asked for base64, because they would refuse the field. */
  withoutForm?: RegExp;
  version?: string;
  /** Added to each request for pictures. */
  params?: Record<string, unknown>;
  /** Whether it tells which of its people asks. */
  person?: Person;
}

/** What its user asks for. */
export interface Wish {
  prompt: string;
  n?: number;
  size?: string;
}

/** A picture as it is stored. */
export interface Stored {
  type: string;
  bytes: Buffer;
}

interface ImagesAnswer {
  data: { url?: string; b64_json?: string }[];
}

const PYTHON = {
  'user-agent': 'python-requests/2.32.5',
  'accept-encoding': 'gzip, deflate',
  accept: '*/*',
  connection: 'keep-alive',
};

/** What the user is shown of a request that was refused: the error's message, else its detail. */
function shown({ status, bytes }: Pick<HttpReply, 'status' | 'bytes'>): Error {
  const body = JSON.parse(bytes.toString()) as { error?: { message: string }; detail?: string };
  return new Error(`${status}: ${body.error ? body.error.message : body.detail}`);
}

/** Open WebUI with its engine "openai": what it sends, and what it reads in the answers. */
export class OpenaiEngine {
  constructor(private readonly settings: OpenaiSettings) {}

  async models(): Promise<string[]> {
    const reply = await this.send('/models', { method: 'GET', headers: this.headers });
    return jsonOf<{ data: { id: string }[] }>(reply).data.map(({ id }) => id);
  }

  async generate({ prompt, n = 1, size = '512x512' }: Wish): Promise<Stored[]> {
    const body = { ...this.common, prompt, n, size, ...this.form, ...this.settings.params };
    const headers = { ...this.headers, 'content-type': 'application/json' };
    return this.pictures(await this.send('/images/generations', { method: 'POST', headers, body }));
  }

  /** Edits one picture, or several together. */
  async edit({ prompt, n, size }: Wish, pictures: Buffer[]): Promise<Stored[]> {
    const form = new FormData();
    const fields = { ...this.common, prompt, n, size, ...this.form };
    for (const [name, value] of Object.entries(fields))
      if (value !== undefined) form.append(name, String(value));
    const part = pictures.length > 1 ? 'image[]' : 'image';
    for (const picture of pictures) {
      const file = new Blob([new Uint8Array(picture)], { type: 'image/png' });
      form.append(part, file, `${crypto.randomUUID()}.png`);
    }
    const answer = await fetch(this.address('/images/edits'), {
      method: 'POST',
      headers: this.headers,
      body: form,
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return this.pictures({ status: answer.status, bytes });
  }

  private get common(): { model: string } {
    return { model: this.settings.model ?? 'dall-e-2' };
  }

  private get form(): { response_format?: string } {
    const { withoutForm = /^gpt-image/ } = this.settings;
    return withoutForm.test(this.common.model) ? {} : { response_format: 'b64_json' };
  }

  private get headers(): Record<string, string> {
    const { key, person } = this.settings;
    return {
      ...PYTHON,
      authorization: `Bearer ${key}`,
      ...(person && {
        'x-openwebui-user-name': encodeURIComponent(person.name),
        'x-openwebui-user-id': person.id,
        'x-openwebui-user-email': person.email,
        'x-openwebui-user-role': person.role,
      }),
    };
  }

  private address(path: string): string {
    const { base, version } = this.settings;
    return `${base}${path}${version === undefined ? '' : `?api-version=${version}`}`;
  }

  private send(
    path: string,
    sent: { method: 'GET' | 'POST'; headers: Record<string, string>; body?: object },
  ): Promise<HttpReply> {
    const { origin, pathname, search } = new URL(this.address(path));
    return call(origin, { path: `${pathname}${search}`, ...sent });
  }

  /** Looks for addresses first, and fetches these as the same caller. */
  private async pictures(reply: Pick<HttpReply, 'status' | 'bytes'>): Promise<Stored[]> {
    if (reply.status >= 400) throw shown(reply);
    const { data } = JSON.parse(reply.bytes.toString()) as ImagesAnswer;
    return Promise.all(
      data.map(async ({ url, b64_json: text }) =>
        url ? this.fetched(url) : { type: 'image/png', bytes: decoded(text ?? '') },
      ),
    );
  }

  private async fetched(url: string): Promise<Stored> {
    const { origin, pathname, search } = new URL(url);
    const sent = { path: `${pathname}${search}`, headers: this.headers };
    const { status, headers, bytes } = await call(origin, sent);
    const type = headers['content-type'] ?? '';
    if (status >= 400 || !type.startsWith('image/'))
      throw new Error('Url does not point to an image.');
    return { type, bytes };
  }
}
