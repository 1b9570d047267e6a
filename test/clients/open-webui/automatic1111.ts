import { call, jsonOf, type HttpReply } from '../../support/client.js';

/** What the administrator of Open WebUI enters for this engine. */
export interface Automatic1111Settings {
  /** May have a path. */
  base: string;
  /** `username:password`; undefined where nothing was ever entered. */
  auth?: string;
  /** Added to each request for pictures. */
  params?: Record<string, unknown>;
}

/** What its user asks for. */
export interface Wish {
  prompt: string;
  n?: number;
  size?: string;
  steps?: number;
  negativePrompt?: string;
}

type Options = Record<string, unknown>;

/** Python's error for a key that an answer lacks: all that the user is shown of it. */
function lacking(key: string): Error {
  return new Error(`KeyError: '${key}'`);
}

/** A picture in base64, with or without what makes it a data URL. */
export function decoded(text: string): Buffer {
  return Buffer.from(text.includes(',') ? (text.split(',')[1] ?? '') : text, 'base64');
}

/** Open WebUI with its engine "automatic1111": what it sends, and what it reads in the answers. */
export class Automatic1111Engine {
  constructor(private readonly settings: Automatic1111Settings) {}

  /** The button that verifies the connection. */
  async verify(): Promise<void> {
    const { status } = await this.send('options');
    if (status >= 400) throw new Error('The connection is refused.');
  }

  async models(): Promise<{ id: string; name: string }[]> {
    const models = jsonOf<{ title: string; model_name: string }[]>(await this.send('sd-models'));
    return models.map(({ title: id, model_name: name }) => ({ id, name }));
  }

  async model(): Promise<unknown> {
    return (await this.options())['sd_model_checkpoint'];
  }

  /** Sends all options back, with another model. */
  async setModel(title: string): Promise<number> {
    const options = await this.options();
    const { status } = await this.send('options', { ...options, sd_model_checkpoint: title });
    return status;
  }

  /** The pictures, and the recipe that is stored with each; whatever the status of the answer. */
  async generate(wish: Wish): Promise<{ pictures: Buffer[]; info: unknown }> {
    const [width, height] = (wish.size ?? '512x512').split('x').map(Number);
    const reply = await this.send('txt2img', {
      prompt: wish.prompt,
      batch_size: wish.n ?? 1,
      width,
      height,
      ...(wish.steps === undefined ? {} : { steps: wish.steps }),
      ...(wish.negativePrompt === undefined ? {} : { negative_prompt: wish.negativePrompt }),
      ...this.settings.params,
    });
    const answer = jsonOf<{ images?: string[]; info?: unknown }>(reply);
    if (answer.images === undefined) throw lacking('images');
    const pictures = answer.images.map(decoded);
    if (answer.info === undefined) throw lacking('info');
    return { pictures, info: answer.info };
  }

  private async options(): Promise<Options> {
    return jsonOf<Options>(await this.send('options'));
  }

  private send(path: string, body?: object): Promise<HttpReply> {
    const { base, auth } = this.settings;
    const { pathname } = new URL(base);
    const authorization = auth === undefined ? '' : `Basic ${Buffer.from(auth).toString('base64')}`;
    return call(base, {
      path: `${pathname.replace(/\/$/, '')}/sdapi/v1/${path}`,
      headers: {
        'user-agent': 'python-requests/2.32.5',
        'accept-encoding': 'gzip, deflate',
        accept: '*/*',
        connection: 'keep-alive',
        authorization,
      },
      body,
    });
  }
}
