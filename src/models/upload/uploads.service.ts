import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type {} from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuditService, type Principal } from '../../auth/index.js';
import { InvalidParametersError, ValidationError } from '../../common/index.js';
import { checkHeader } from '../fetch/check-header.js';
import { DiskRoom } from '../fetch/disk-room.js';
import { ModelExistsError } from '../fetch/fetch.errors.js';
import { moveNew } from '../fetch/move-new.js';
import { unfinishedName } from '../fetch/unfinished-name.js';
import { FileRecords, stampOf } from '../file-records.js';
import { safeWeightName } from '../hubs/weight-name.js';
import { ModelPlaces } from '../model-places.js';
import { ModelRegistry } from '../model-registry.js';
import type { ModelType } from '../model-type.js';
import { readUpload, type UploadFields } from './upload-form.js';

/** Bytes after which the disk is looked at again. */
const ROOM_STEP = 64 * 1024 * 1024;

export interface UploadedModel {
  filename: string;
  modelType: ModelType;
  subfolder: string | null;
  /** Bytes. */
  size: number;
  /** Lower-case hex. */
  sha256: string;
  /** Absolute. */
  path: string;
  /** Below its models folder. */
  shownPath: string;
}

interface Received {
  filename: string;
  size: number;
  sha256: string;
}

/** Model files that a client sends, written to the disk as they come. */
@Injectable()
export class ModelUploads {
  constructor(
    private readonly places: ModelPlaces,
    private readonly room: DiskRoom,
    private readonly records: FileRecords,
    private readonly registry: ModelRegistry,
    private readonly audit: AuditService,
  ) {}

  /**
   * Reads a form with `file`, `model_type` and perhaps `subfolder`.
   * @param address where the request came from, for the audit log
   * @throws InvalidParametersError, ValidationError, ModelExistsError, ModelFolderError,
   * ModelFileTooLargeError, DiskFullError, DamagedModelError
   */
  async receive(
    principal: Principal,
    request: FastifyRequest,
    address?: string,
  ): Promise<UploadedModel> {
    if (!request.isMultipart())
      throw new InvalidParametersError('A model is uploaded as multipart/form-data.', 415);
    const staging = await this.staging();
    await this.checkAnnounced(request, dirname(staging));
    try {
      const { fields, taken } = await readUpload(request, (file, known) =>
        this.receiveFile(staging, file, known),
      );
      const model = await this.keep(staging, fields, taken);
      const { filename, shownPath, size } = model;
      await this.audit.record({
        action: 'model.uploaded',
        actor: principal,
        target: { type: 'model', name: filename },
        details: { path: shownPath, size },
        address,
      });
      return model;
    } finally {
      await rm(staging, { force: true });
    }
  }

  /** Where it lies until all of it is there and good. */
  private async staging(): Promise<string> {
    const folder = await this.places.target('checkpoint', undefined);
    await mkdir(folder, { recursive: true });
    return join(folder, unfinishedName(randomUUID()));
  }

  /** Refuses before a byte is read what is too much by its own word. */
  private async checkAnnounced({ headers }: FastifyRequest, folder: string): Promise<void> {
    const length = Number(headers['content-length'] ?? 0);
    if (length === 0) return;
    this.room.checkSize(length);
    await this.room.check(folder, length);
  }

  private async receiveFile(
    staging: string,
    { filename, file }: { filename: string; file: AsyncIterable<Buffer> },
    fields: UploadFields,
  ): Promise<Received> {
    const name = safeWeightName(filename);
    if (name === undefined) {
      const message =
        'file must have a name that ends in .safetensors, .sft, .gguf, .ckpt, .pt, .pth or .bin.';
      throw new ValidationError([{ field: 'file', message }]);
    }
    if (fields.modelType) await this.checkFree(fields.modelType, fields.subfolder, name);
    const target = await open(staging, 'wx', 0o644);
    try {
      return { filename: name, ...(await this.write(target, file, dirname(staging))) };
    } finally {
      await target.close();
    }
  }

  private async write(
    target: FileHandle,
    file: AsyncIterable<Buffer>,
    folder: string,
  ): Promise<Pick<Received, 'size' | 'sha256'>> {
    const hash = createHash('sha256');
    let size = 0;
    let lookAt = 0;
    for await (const chunk of file) {
      size += chunk.length;
      this.room.checkSize(size);
      if (size > lookAt) {
        await this.room.check(folder, chunk.length);
        lookAt = size + ROOM_STEP;
      }
      hash.update(chunk);
      await target.appendFile(chunk).catch(async (error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOSPC' ? await this.room.refusal(folder, chunk.length) : error;
      });
    }
    await target.sync();
    return { size, sha256: hash.digest('hex') };
  }

  private async keep(
    staging: string,
    { modelType, subfolder }: UploadFields,
    { filename, size, sha256 }: Received,
  ): Promise<UploadedModel> {
    if (!modelType) {
      const message = 'model_type is missing.';
      throw new ValidationError([{ field: 'model_type', message }]);
    }
    const path = await this.checkFree(modelType, subfolder, filename);
    await checkHeader(staging, filename);
    await this.places.make(dirname(path), modelType);
    await moveNew(staging, path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? new ModelExistsError(this.places.shown(path)) : error;
    });
    await this.records.load();
    await this.records.keepHash(path, stampOf(await stat(path)), { sha256 });
    await this.registry.refresh();
    const shownPath = this.places.shown(path);
    return { filename, modelType, subfolder: subfolder ?? null, size, sha256, path, shownPath };
  }

  /** @returns where it goes. @throws ModelExistsError */
  private async checkFree(
    type: ModelType,
    subfolder: string | undefined,
    name: string,
  ): Promise<string> {
    const path = join(await this.places.target(type, subfolder), name);
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere) throw new ModelExistsError(this.places.shown(path));
    return path;
  }
}
