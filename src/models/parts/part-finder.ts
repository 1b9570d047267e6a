import { basename } from 'node:path';
import { Injectable } from '@nestjs/common';
import { messageOf, ValidationError, withoutPaths } from '../../common/index.js';
import { HeaderFacts } from '../file-facts.js';
import { withHeaders } from '../headers/headers.js';
import type { ComponentOption } from '../loading/option.js';
import type { Model } from '../model.js';
import { ModelsService } from '../models.service.js';
import { loraMisfit, partMisfit, type KnownAs } from './part-fit.js';

const UNKNOWN: KnownAs = { type: null, architecture: null };

/** 400 that names the field, for a file that is not there or that does not fit. */
export function refusedPart(field: string, why: string): ValidationError {
  return new ValidationError([{ field, message: `${field}: ${why.replace(/\.$/, '')}.` }]);
}

/**
 * Finds the files that take a part of a model, or add to it, and looks whether they can: the engine passes over
 * some that cannot in silence, and others end it.
 */
@Injectable()
export class PartFinder {
  constructor(
    private readonly models: ModelsService,
    private readonly headers: HeaderFacts,
  ) {}

  /**
   * The file that is to take a part of the model.
   * @param field what the caller named it by.
   * @throws ValidationError naming the field: there is none of this name, or its header says that it cannot.
   */
  async find(
    field: string,
    { part, types }: ComponentOption,
    wanted: string,
    model: Model,
  ): Promise<string> {
    const path = await this.models.part(types, wanted).catch((error: unknown) => {
      throw refusedPart(field, withoutPaths(messageOf(error)));
    });
    const misfit = partMisfit(part, await this.known(path), model.architecture);
    if (misfit) throw refusedPart(field, `"${basename(path)}" ${misfit}`);
    return path;
  }

  /** @throws ValidationError naming the field: the LoRA is not one, or it is for another model. */
  async checkLora(field: string, lora: Model, model: Model): Promise<void> {
    const known = await this.known(lora.path);
    const misfit =
      loraMisfit(known, model.architecture) ?? (await this.sizeMisfit(lora.path, model));
    if (misfit) throw refusedPart(field, `"${lora.name}" ${misfit}`);
  }

  private async known(path: string): Promise<KnownAs> {
    return (await this.headers.identityOf(path).catch(() => undefined)) ?? UNKNOWN;
  }

  private async sizeMisfit(lora: string, { files }: Model): Promise<string | undefined> {
    const main = files.diffusionModel ?? files.model;
    if (!main) return undefined;
    // A header that cannot be read tells nothing; the engine will say what it thinks of the file.
    const layer = await withHeaders('otherSize', lora, main).catch(() => undefined);
    return layer && `is for a model of another size: it differs in "${layer.slice(0, 100)}"`;
  }
}
