import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import type { ModelType } from '../model-type.js';
import { HubHttp } from './hub-http.js';
import { FileNotAcceptedError, HubUnavailableError } from './hub.errors.js';
import { CIVITAI } from './hub-names.js';
import { idIn, isObject, objectsIn, sha256In, textIn, type Json } from './json.js';
import { isWeightName } from './weight-name.js';

const ID = /^(\d{1,15})(?::(\d{1,15}))?$/;

/** Civitai's model types that are ours (its API reference, "GET /api/v1/models", `types`). */
const TYPES: Readonly<Record<string, ModelType>> = {
  checkpoint: 'checkpoint',
  lora: 'lora',
  locon: 'lora',
  dora: 'lora',
  textualinversion: 'embedding',
  controlnet: 'controlnet',
  upscaler: 'esrgan',
  vae: 'vae',
};

/** A version of a model on Civitai, and the file of it that is meant. */
export interface CivitaiFile {
  modelId: number;
  versionId: number;
  /** Of the model. */
  name: string;
  versionName: string;
  /** Our type where there is one, else Civitai's in small letters. */
  type: string;
  modelType: ModelType | null;
  /** For example `SDXL 1.0`. */
  baseModel: string;
  filename: string;
  /** Bytes, as far as Civitai's kilobytes tell. */
  size: number | null;
  sha256: string | null;
  downloadUrl: string;
}

function fileOf(version: Json): Json {
  const files = objectsIn(version['files']).filter(({ name }) => isWeightName(textIn(name)));
  const models = files.filter(({ type }) => textIn(type) === 'Model');
  const file =
    models.find(({ primary }) => primary === true) ??
    models[0] ??
    files.find(({ primary }) => primary === true) ??
    files[0];
  if (file) return file;
  throw new FileNotAcceptedError('Civitai has no weight file for this version of the model.');
}

function checkScans(file: Json): void {
  const scans = [textIn(file['pickleScanResult']), textIn(file['virusScanResult'])];
  if (scans.some((result) => result === 'Danger'))
    throw new FileNotAcceptedError(
      `Civitai warns of "${textIn(file['name'])}": its scan found something dangerous in it.`,
    );
}

/** Civitai's public API (version 1): models, their versions, and files. */
@Injectable()
export class Civitai {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly http: HubHttp,
  ) {}

  /**
   * @param id of a model, whose newest version is taken, or `model:version`
   * @throws ValidationError, HubNotFoundError, HubRefusedError, HubBusyError, HubUnavailableError,
   * FileNotAcceptedError
   */
  async file(id: string): Promise<CivitaiFile> {
    const [, modelId, versionId] = ID.exec(id.trim()) ?? [];
    if (modelId === undefined) {
      const message = 'model_id must be the number of a model on Civitai, or model:version.';
      throw new ValidationError([{ field: 'model_id', message }]);
    }
    return versionId === undefined ? this.newest(modelId) : this.version(versionId, modelId);
  }

  /** As {@link file}, by the version alone. @param modelId that the version must be of, if it is known */
  async version(versionId: string, modelId?: string): Promise<CivitaiFile> {
    const version = await this.get(`model-versions/${versionId}`, `model version ${versionId}`);
    const found = idIn(version['modelId']);
    if (modelId !== undefined && found !== Number(modelId)) {
      const message = `Version ${versionId} is not one of model ${modelId} on Civitai.`;
      throw new ValidationError([{ field: 'model_id', message }]);
    }
    const model = isObject(version['model']) ? version['model'] : {};
    return this.describe({ ...model, id: found }, version);
  }

  private async newest(modelId: string): Promise<CivitaiFile> {
    const model = await this.get(`models/${modelId}`, `model ${modelId}`);
    const [version] = objectsIn(model['modelVersions']);
    if (version) return this.describe(model, version);
    throw new FileNotAcceptedError(`Model ${modelId} on Civitai has no version to download.`);
  }

  private async get(path: string, what: string): Promise<Json> {
    const url = new URL(`${this.config.hubs.civitaiUrl}/api/v1/${path}`);
    const answer = await this.http.json(CIVITAI, what, url);
    if (isObject(answer)) return answer;
    throw new HubUnavailableError(CIVITAI, 'its answer is not as its manual says');
  }

  private describe(model: Json, version: Json): CivitaiFile {
    const file = fileOf(version);
    checkScans(file);
    const modelId = idIn(model['id']);
    const versionId = idIn(version['id']);
    const downloadUrl = textIn(file['downloadUrl']) || textIn(version['downloadUrl']);
    if (modelId === null || versionId === null || !URL.canParse(downloadUrl))
      throw new HubUnavailableError(CIVITAI, 'its answer is not as its manual says');
    const given = textIn(model['type']).toLowerCase();
    const modelType = TYPES[given] ?? null;
    const kilobytes = Number(file['sizeKB']);
    const hashes = isObject(file['hashes']) ? file['hashes'] : {};
    return {
      modelId,
      versionId,
      name: textIn(model['name']),
      versionName: textIn(version['name']),
      type: modelType ?? given,
      modelType,
      baseModel: textIn(version['baseModel']),
      filename: textIn(file['name']),
      size: kilobytes > 0 ? Math.round(kilobytes * 1024) : null,
      sha256: sha256In(hashes['SHA256']),
      downloadUrl,
    };
  }
}
