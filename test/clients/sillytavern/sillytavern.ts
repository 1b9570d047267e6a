import type { HttpReply } from '../../support/client.js';
import { call, jsonOf } from '../../support/client.js';

/** What is set in SillyTavern: the address as its user typed it, and `username:password`. */
export interface Settings {
  url: string;
  auth?: string;
}

/** What the extension asks its own server to draw. */
export interface Wish {
  prompt: string;
  width: number;
  height: number;
  steps: number;
  /** Below zero: any. */
  seed: number;
  sampler: string;
  scheduler: string;
  vae?: string;
  hires?: { upscaler: string; scale: number; steps: number; denoising: number };
}

/** Milliseconds between two looks at the progress, and how many there are; it is two seconds there. */
const LOOKS = { everyMs: 20, most: 10 };

/** As its server sends requests. */
const NODE = {
  'user-agent': 'node-fetch',
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br',
  connection: 'close',
};

interface Named {
  name: string;
}

function failed(): Error {
  return new Error('SD WebUI returned an error.');
}

/** Of the typed address it keeps the host alone. */
async function send(
  { url }: Settings,
  path: string,
  sent: Omit<Parameters<typeof call>[1], 'path'> = {},
): Promise<HttpReply> {
  return call(new URL(url).origin, { path, ...sent, headers: { ...NODE, ...sent.headers } });
}

function isGood({ status }: HttpReply): boolean {
  return status >= 200 && status < 300;
}

/** SillyTavern with its source "auto" or "vlad": what it sends, and what it reads in the answers. */
export class WebuiSource {
  constructor(private readonly settings: Settings) {}

  async ping(): Promise<void> {
    await this.good('/sdapi/v1/options');
  }

  /** All ways to enlarge: none, those in latent space, and the others. */
  async upscalers(): Promise<string[]> {
    const upscalers = await this.names('upscalers');
    upscalers.splice(1, 0, ...(await this.names('latent-upscale-modes')));
    return upscalers;
  }

  samplers(): Promise<string[]> {
    return this.names('samplers');
  }

  schedulers(): Promise<string[]> {
    return this.names('schedulers');
  }

  /** Of the two lists the first that is there. */
  async vaes(): Promise<string[]> {
    const replies = await Promise.all(
      ['sd-vae', 'sd-modules'].map((path) => this.get(`/sdapi/v1/${path}`)),
    );
    const reply = replies.find(isGood);
    if (!reply) throw failed();
    return jsonOf<{ model_name: string }[]>(reply).map(({ model_name: name }) => name);
  }

  async models(): Promise<string[]> {
    const models = jsonOf<{ title: string }[]>(await this.good('/sdapi/v1/sd-models'));
    return models.map(({ title }) => title);
  }

  async model(): Promise<string> {
    const options = await this.good('/sdapi/v1/options');
    return jsonOf<{ sd_model_checkpoint: string }>(options).sd_model_checkpoint;
  }

  /** Waits until the model seems to be loaded; gives how often it had to look. */
  async setModel(title: string): Promise<number> {
    await this.good('/sdapi/v1/options', { sd_model_checkpoint: title });
    for (let looks = 1; looks <= LOOKS.most; looks += 1) {
      const reply = await this.get('/sdapi/v1/progress');
      const { progress, state } = jsonOf<{ progress: number; state: { job_count: number } }>(reply);
      if (progress === 0 && state.job_count === 0) return looks;
      await new Promise((resolve) => setTimeout(resolve, LOOKS.everyMs));
    }
    return LOOKS.most;
  }

  async generate(wish: Wish): Promise<Buffer> {
    const options = await this.get('/sdapi/v1/options');
    const isForge = isGood(options) && 'forge_preset' in jsonOf<object>(options);
    const reply = await this.good('/sdapi/v1/txt2img', this.bodyOf(wish, isForge));
    return Buffer.from(jsonOf<{ images: string[] }>(reply).images[0] ?? '', 'base64');
  }

  /** When its user aborts. */
  async interrupt(): Promise<void> {
    await send(this.settings, '/sdapi/v1/interrupt', { method: 'POST', headers: this.headers });
  }

  /** Everything that the extension knows, its own settings among it. */
  private bodyOf({ hires, vae, ...wish }: Wish, isForge: boolean): object {
    return {
      ...this.settings,
      prompt: wish.prompt,
      negative_prompt: 'blurry',
      sampler_name: wish.sampler,
      scheduler: wish.scheduler,
      steps: wish.steps,
      cfg_scale: 7,
      width: wish.width,
      height: wish.height,
      restore_faces: false,
      enable_hr: hires !== undefined,
      hr_upscaler: hires?.upscaler ?? 'Latent',
      hr_scale: hires?.scale ?? 1.0,
      denoising_strength: hires?.denoising ?? 0.7,
      hr_second_pass_steps: hires?.steps ?? 0,
      ...(wish.seed >= 0 ? { seed: wish.seed } : {}),
      override_settings: {
        CLIP_stop_at_last_layers: 1,
        ...(vae === undefined ? {} : { sd_vae: vae }),
        ...(isForge ? { forge_additional_modules: [] } : {}),
      },
      override_settings_restore_afterwards: true,
      clip_skip: 1,
      save_images: true,
      send_images: true,
      do_not_save_grid: false,
      do_not_save_samples: false,
    };
  }

  private async names(path: string): Promise<string[]> {
    return jsonOf<Named[]>(await this.good(`/sdapi/v1/${path}`)).map(({ name }) => name);
  }

  /** What was never set is written as it is. */
  private get headers(): { authorization: string } {
    const encoded = Buffer.from(`${this.settings.auth}`).toString('base64');
    return { authorization: `Basic ${encoded}` };
  }

  private get(path: string, body?: object): Promise<HttpReply> {
    return send(this.settings, path, { headers: this.headers, body });
  }

  private async good(path: string, body?: object): Promise<HttpReply> {
    const reply = await this.get(path, body);
    if (!isGood(reply)) throw failed();
    return reply;
  }
}

/** SillyTavern with its source "sdcpp", which shows nobody who it is. */
export class SdcppSource {
  constructor(private readonly settings: Settings) {}

  async ping(): Promise<void> {
    const sent = { method: 'OPTIONS' } as const;
    if (!isGood(await send(this.settings, '/v1/images/generations', sent))) throw failed();
  }

  /** As its newer releases do. */
  async newerPing(): Promise<void> {
    if (!isGood(await send(this.settings, '/v1/models'))) throw failed();
  }

  async generate({ prompt, width, height, steps, seed }: Wish, model?: string): Promise<Buffer> {
    const body = {
      ...(model === undefined ? {} : { model }),
      prompt,
      negative_prompt: 'blurry',
      width,
      height,
      steps,
      cfg_scale: 7,
      seed,
      batch_size: 1,
      // Of a list that is built into it.
      sampler_name: 'euler_a',
      scheduler: 'discrete',
      clip_skip: 1,
    };
    const reply = await send(this.settings, '/sdapi/v1/txt2img', { body });
    if (!isGood(reply)) throw failed();
    return Buffer.from(jsonOf<{ images: string[] }>(reply).images[0] ?? '', 'base64');
  }
}
