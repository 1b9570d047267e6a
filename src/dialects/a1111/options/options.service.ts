import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { ValidationError, type FieldProblem } from '../../../common/index.js';
import { ModelChoices } from '../../../generate/index.js';
import { UserSettings } from '../../../settings/index.js';
import { A1111Names } from '../lists/names.js';

const SETTING = 'a1111.options';
const SLOT = { client: 'a1111', what: 'drawing' } as const;

export const SAMPLES_FORMATS = ['png', 'jpg', 'jpeg', 'webp'] as const;

/** VAE of the model itself, in the words of the original. */
const OWN_VAE = ['', 'None', 'Automatic'];

/** The options that count here, besides the model; all others of the original are ignored. */
export interface KeptOptions {
  CLIP_stop_at_last_layers: number;
  sd_vae: string;
  samples_format: (typeof SAMPLES_FORMATS)[number];
  jpeg_quality: number;
}

const DEFAULTS: KeptOptions = {
  CLIP_stop_at_last_layers: 1,
  sd_vae: 'Automatic',
  samples_format: 'png',
  jpeg_quality: 80,
};

/** What clients read. */
export interface OptionsView extends KeptOptions {
  sd_model_checkpoint: string | null;
  sd_checkpoint_hash: string | null;
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

const CHECKS: Readonly<
  Record<keyof KeptOptions, { is: (value: unknown) => boolean; must: string }>
> = {
  CLIP_stop_at_last_layers: {
    is: (value) => isWhole(value, 1, 12),
    must: 'be a whole number from 1 to 12',
  },
  sd_vae: {
    is: (value) => typeof value === 'string' && value.length <= 255,
    must: 'be the name of a VAE',
  },
  samples_format: {
    is: (value) => SAMPLES_FORMATS.some((format) => format === value),
    must: `be one of ${SAMPLES_FORMATS.join(', ')}`,
  },
  jpeg_quality: {
    is: (value) => isWhole(value, 1, 100),
    must: 'be a whole number from 1 to 100',
  },
};

/** Those options of a client's object that count here. @throws ValidationError */
export function readKept(given: Record<string, unknown>, path = ''): Partial<KeptOptions> {
  const problems: FieldProblem[] = [];
  const kept: Record<string, unknown> = {};
  for (const [name, { is, must }] of Object.entries(CHECKS)) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    const field = `${path}${name}`;
    if (is(value)) kept[name] = value;
    else problems.push({ field, message: `${field} must ${must}.` });
  }
  if (problems.length > 0) throw new ValidationError(problems);
  return kept;
}

/** The text of an option; undefined where nothing is said. @throws ValidationError */
export function nameIn(given: Record<string, unknown>, field: string): string | undefined {
  const value = given[field];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new ValidationError([{ field, message: `${field} must be a text.` }]);
}

/** The options of each user: nobody's change those of another. */
@Injectable()
export class A1111Options {
  constructor(
    private readonly settings: UserSettings,
    private readonly choices: ModelChoices,
    private readonly names: A1111Names,
  ) {}

  async kept({ userId }: Principal): Promise<KeptOptions> {
    return { ...DEFAULTS, ...(await this.settings.get<Partial<KeptOptions>>(userId, SETTING)) };
  }

  async view(caller: Principal): Promise<OptionsView> {
    const { model } = await this.choices.of(caller, SLOT);
    const checkpoint = model && this.names.checkpoint(model);
    return {
      sd_model_checkpoint: checkpoint?.title ?? null,
      sd_checkpoint_hash: checkpoint?.sha256 ?? null,
      ...(await this.kept(caller)),
    };
  }

  /** Takes what it knows of an object that may have everything else, too. @throws ModelNotFoundError; ValidationError */
  async change(caller: Principal, given: Record<string, unknown>): Promise<void> {
    const changes = readKept(given);
    await this.checkVae(changes.sd_vae);
    await this.chooseModel(caller, nameIn(given, 'sd_model_checkpoint'));
    if (Object.keys(changes).length === 0) return;
    await this.settings.change<Partial<KeptOptions>>(caller.userId, SETTING, (now) => ({
      ...now,
      ...changes,
    }));
  }

  /** The model that draws where a request names none. @throws NothingChosenError */
  model(caller: Principal) {
    return this.choices.needed(caller, SLOT);
  }

  /** The VAE as the core is told of it; undefined for that of the model. @throws ModelNotFoundError */
  async vaePath(name: string): Promise<string | undefined> {
    if (OWN_VAE.includes(name)) return undefined;
    return (await this.names.find(name, ['vae'])).relativePath;
  }

  private async checkVae(name: string | undefined): Promise<void> {
    if (name !== undefined) await this.vaePath(name);
  }

  private async chooseModel(caller: Principal, title: string | undefined): Promise<void> {
    if (title === undefined) return;
    const { model: now } = await this.choices.of(caller, SLOT);
    const wanted = await this.names.find(title);
    if (wanted.id !== now?.id) await this.choices.choose(caller, SLOT, { model: wanted.id });
  }
}
