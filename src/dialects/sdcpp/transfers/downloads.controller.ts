import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../../auth/index.js';
import { DOWNLOAD_ERRORS, HUB_ERRORS, Hubs, ModelDownloads } from '../../../models/index.js';
import { Idempotent } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import {
  SdcppCivitaiDto,
  SdcppCivitaiQuery,
  SdcppDownloadDto,
  SdcppDownloadStartedDto,
  SdcppHuggingFaceDto,
  SdcppHuggingFaceQuery,
  toCivitai,
  toHuggingFace,
} from './transfers.dto.js';

/** Seed sdcpp-restapi, "Model Downloads". */
@ApiTags('downloads')
@Controller('sdcpp/models')
export class SdcppDownloadsController {
  constructor(
    private readonly downloads: ModelDownloads,
    private readonly hubs: Hubs,
  ) {}

  @Post('download')
  @HttpCode(202)
  @Needs('model:manage')
  @Idempotent()
  @Describe({
    summary: 'Download a model from Civitai, Hugging Face or an address',
    details: 'Two jobs of the queue: one downloads, the other hashes.',
    status: 202,
    reply: SdcppDownloadStartedDto,
    example: {
      success: true,
      download_job_id: '550e8400-e29b-41d4-a716-446655440000',
      hash_job_id: '660e8400-e29b-41d4-a716-446655440001',
      source: 'civitai',
      model_type: 'checkpoint',
      position: 1,
    } satisfies SdcppDownloadStartedDto,
    errors: DOWNLOAD_ERRORS,
  })
  async download(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Body() body: SdcppDownloadDto,
  ): Promise<SdcppDownloadStartedDto> {
    const { model_type: modelType, model_id: modelId, repo_id: repoId, ...rest } = body;
    const started = await this.downloads.start(
      caller,
      { ...rest, modelType, modelId, repoId },
      { address, origin: { dialect: 'sdcpp', params: withoutQuery(body) } },
    );
    return {
      success: true,
      download_job_id: started.downloadJobId,
      hash_job_id: started.hashJobId,
      source: started.source,
      model_type: started.modelType,
      position: started.position ?? 1,
    };
  }

  @Get('civitai/:id')
  @Needs('model:manage')
  @Describe({
    summary: 'What Civitai knows of a model',
    details: 'The id is that of a model, whose newest version is taken, or `model:version`.',
    reply: SdcppCivitaiDto,
    example: {
      success: true,
      model_id: '123456',
      version_id: '789012',
      name: 'Model Name',
      version_name: 'v1.0',
      type: 'checkpoint',
      base_model: 'SDXL 1.0',
      filename: 'model.safetensors',
      file_size: 5_368_709_120,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      download_url: 'https://civitai.com/api/download/models/789012',
    } satisfies SdcppCivitaiDto,
    errors: HUB_ERRORS,
  })
  async civitai(
    @Param('id') id: string,
    @Query() { ids }: SdcppCivitaiQuery,
  ): Promise<SdcppCivitaiDto> {
    return toCivitai(await this.hubs.civitai(id), ids);
  }

  @Get('huggingface')
  @Needs('model:manage')
  @Describe({
    summary: 'What Hugging Face knows of a file',
    reply: SdcppHuggingFaceDto,
    example: {
      success: true,
      repo_id: 'stabilityai/sdxl-turbo',
      filename: 'sd_xl_turbo_1.0.safetensors',
      revision: 'main',
      file_size: 5_368_709_120,
      download_url:
        'https://huggingface.co/stabilityai/sdxl-turbo/resolve/main/sd_xl_turbo_1.0.safetensors',
    } satisfies SdcppHuggingFaceDto,
    errors: HUB_ERRORS,
  })
  async huggingFace(
    @Query() { repo_id: repoId, filename, revision }: SdcppHuggingFaceQuery,
  ): Promise<SdcppHuggingFaceDto> {
    const wanted = { repoId, filename, ...(revision && { revision }) };
    return toHuggingFace(await this.hubs.huggingFace(wanted));
  }
}

/** The query of an address may hold a token, and what was asked is shown to whoever sees the job. */
function withoutQuery(body: SdcppDownloadDto): Record<string, unknown> {
  const shown = {
    ...Object.fromEntries(Object.entries(body)),
    url: body.url?.replace(/[?#].*$/s, ''),
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}
