import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Public, type Principal } from '../../../auth/index.js';
import { readBuildInfo, VERSION } from '../../../common/index.js';
import { CONFIG, type Config } from '../../../config/index.js';
import { Describe } from '../errors.js';
import {
  NOTHING_LOADED,
  SdcppLoaded,
  type LoadedModel,
  type LoadedUpscaler,
} from '../models/choice.js';

type Health = LoadedModel &
  LoadedUpscaler & {
    status: 'ok';
    version: string;
    git_commit: string;
    ws_enabled: boolean;
    username: string | null;
    features: Record<string, boolean>;
  };

const TEXT = { type: 'string' };
const TEXT_OR_NULL = { type: ['string', 'null'] };
const COUNT_OR_NULL = { type: ['integer', 'null'] };
const FLAG = { type: 'boolean' };

/** Which model is loaded for whoever asks, as other answers and events tell it, too. */
export const LOADED_PROPERTIES = {
  model_loaded: FLAG,
  model_loading: FLAG,
  loading_model_name: TEXT_OR_NULL,
  loading_step: COUNT_OR_NULL,
  loading_total_steps: COUNT_OR_NULL,
  last_error: TEXT_OR_NULL,
  model_name: TEXT_OR_NULL,
  model_type: TEXT_OR_NULL,
  model_architecture: TEXT_OR_NULL,
  loaded_components: { type: 'object', additionalProperties: TEXT_OR_NULL },
  load_options: { type: 'object', additionalProperties: true },
  upscaler_loaded: FLAG,
  upscaler_name: TEXT_OR_NULL,
};

const PROPERTIES = {
  status: { ...TEXT, enum: ['ok'] },
  version: TEXT,
  git_commit: TEXT,
  ...LOADED_PROPERTIES,
  ws_enabled: FLAG,
  username: TEXT_OR_NULL,
  features: { type: 'object', additionalProperties: FLAG },
};

/** What of the original's later inventions there is here. */
const FEATURES = {
  experimental_offload: false,
  unified_streaming: false,
  mcp: false,
  sefi_image: false,
  controlnet_hotswap: true,
  ip_adapter: false,
  ip_adapter_plus: false,
  ref_video: false,
  ref_audio: false,
  auto_unload: true,
};

/** Seed sdcpp-restapi, "Health Check". */
@ApiTags('health')
@Controller('sdcpp/health')
export class SdcppHealthController {
  private readonly build = readBuildInfo();

  constructor(
    private readonly loaded: SdcppLoaded,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Public()
  @Describe({
    summary: 'How the server is, and what the caller has loaded',
    details:
      'The server’s default model counts as loaded for who has loaded none. A stranger sees that the server is there, and nothing of anybody.',
    schema: {
      type: 'object',
      required: Object.keys(PROPERTIES),
      additionalProperties: false,
      properties: PROPERTIES,
    } as object,
    example: {
      status: 'ok',
      version: '1.0.0',
      git_commit: '0a1b2c3',
      ...NOTHING_LOADED,
      model_loaded: true,
      model_name: 'z_image_turbo-Q8_0.gguf',
      model_type: 'diffusion',
      model_architecture: 'Z-Image',
      loaded_components: { vae: 'ae_q8_0.gguf', llm: 'qwen_3_4b.Q8_0.gguf', clip_l: null },
      upscaler_loaded: false,
      upscaler_name: null,
      ws_enabled: true,
      username: 'admin',
      features: { ...FEATURES, auth_required: true },
    },
  })
  async health(@Caller() caller: Principal | undefined): Promise<Health> {
    const { commit } = await this.build;
    return {
      status: 'ok',
      version: VERSION,
      git_commit: commit.short,
      ...(await this.loadedFor(caller)),
      ws_enabled: true,
      username: caller?.username ?? null,
      features: { ...FEATURES, auth_required: !this.config.auth.methods.includes('none') },
    };
  }

  private async loadedFor(caller: Principal | undefined): Promise<LoadedModel & LoadedUpscaler> {
    if (!caller) return { ...NOTHING_LOADED, upscaler_loaded: false, upscaler_name: null };
    const [model, upscaler] = await Promise.all([
      this.loaded.model(caller),
      this.loaded.upscaler(caller),
    ]);
    return { ...model, ...upscaler };
  }
}
