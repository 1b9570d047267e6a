import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../auth/index.js';
import { Describe } from '../../common/index.js';
import { Idempotent } from '../../queue/index.js';
import { Hubs } from '../hubs/hubs.js';
import { DOWNLOAD_ERRORS, HUB_ERRORS } from '../transfer-errors.js';
import { ModelDownloads } from './downloads.service.js';
import {
  CivitaiFileDto,
  DownloadAcceptedDto,
  DownloadModelDto,
  HuggingFaceFileDto,
  HuggingFaceQuery,
} from './hub.dto.js';

const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** Seed sdcpp-restapi, "Model Downloads". */
@ApiTags('models')
@Controller('api/models')
export class DownloadsController {
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
    details:
      'Asks there first, and refuses at once what there is not, what does not fit on the disk, and what is there already. The rest are two jobs of the queue: one downloads, the other hashes.',
    status: 202,
    reply: DownloadAcceptedDto,
    example: {
      message: 'Download queued successfully',
      download_job_id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
      hash_job_id: '5b1e6a0c-7d3f-4a86-8f0e-2c9d4b7a1e63',
      source: 'civitai',
      model_type: 'checkpoint',
      filename: 'model.safetensors',
      subfolder: 'anime',
      position: 1,
      size: 5_368_709_120,
      sha256: SHA256,
      joined: false,
    } satisfies DownloadAcceptedDto,
    errors: DOWNLOAD_ERRORS,
  })
  async download(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Body() body: DownloadModelDto,
  ): Promise<DownloadAcceptedDto> {
    const { source, url, filename, revision, subfolder, sha256 } = body;
    const { model_type: modelType, model_id: modelId, repo_id: repoId, save_as: saveAs } = body;
    const wanted = { source, url, filename, revision, subfolder, sha256 };
    const started = await this.downloads.start(
      caller,
      { ...wanted, modelType, modelId, repoId, saveAs },
      { address },
    );
    const { downloadJobId, hashJobId, modelType: type, ...rest } = started;
    return {
      message: 'Download queued successfully',
      download_job_id: downloadJobId,
      hash_job_id: hashJobId,
      model_type: type,
      ...rest,
    };
  }

  @Get('hub/civitai/:id')
  @Needs('model:manage')
  @Describe({
    summary: 'What Civitai knows of a model',
    details: 'The id is that of a model, whose newest version is taken, or `model:version`.',
    reply: CivitaiFileDto,
    example: {
      model_id: 123_456,
      version_id: 789_012,
      name: 'Model Name',
      version_name: 'v1.0',
      type: 'checkpoint',
      base_model: 'SDXL 1.0',
      filename: 'model.safetensors',
      file_size: 5_368_709_120,
      sha256: SHA256,
      download_url: 'https://civitai.com/api/download/models/789012',
    } satisfies CivitaiFileDto,
    errors: HUB_ERRORS,
  })
  async civitai(@Param('id') id: string): Promise<CivitaiFileDto> {
    const file = await this.hubs.civitai(id);
    const { name, type, filename, sha256 } = file;
    return {
      model_id: file.modelId,
      version_id: file.versionId,
      name,
      version_name: file.versionName,
      type,
      base_model: file.baseModel,
      filename,
      file_size: file.size,
      sha256,
      download_url: file.downloadUrl,
    };
  }

  @Get('hub/huggingface')
  @Needs('model:manage')
  @Describe({
    summary: 'What Hugging Face knows of a file',
    reply: HuggingFaceFileDto,
    example: {
      repo_id: 'stabilityai/sdxl-turbo',
      filename: 'sd_xl_turbo_1.0.safetensors',
      revision: 'main',
      commit: '71153311d3dbb46851df1931d3ca6e939de83304',
      file_size: 5_368_709_120,
      sha256: SHA256,
      download_url:
        'https://huggingface.co/stabilityai/sdxl-turbo/resolve/main/sd_xl_turbo_1.0.safetensors',
    } satisfies HuggingFaceFileDto,
    errors: HUB_ERRORS,
  })
  async huggingFace(@Query() query: HuggingFaceQuery): Promise<HuggingFaceFileDto> {
    const { repo_id: repoId, filename, revision } = query;
    const file = await this.hubs.huggingFace({ repoId, filename, ...(revision && { revision }) });
    return {
      repo_id: file.repoId,
      filename: file.filename,
      revision: file.revision,
      commit: file.commit,
      file_size: file.size,
      sha256: file.sha256,
      download_url: file.downloadUrl,
    };
  }
}
