import { Injectable } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { NotFoundError } from '../common/index.js';
import { JobArchive, JobNotFoundError } from '../queue/index.js';
import type { OutputRecipeDto } from './files.dto.js';
import { OutputExpiredError } from './files.errors.js';
import { OutputAccess } from './output-access.js';
import { OutputStore } from './output-store.js';
import { pictureKind } from './picture-kind.js';
import { readPictureTexts } from './picture-texts.js';

function objectOf(json: string | undefined): Record<string, unknown> | null {
  if (json === undefined) return null;
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** What outputs say themselves of how they were made. */
@Injectable()
export class OutputRecipes {
  constructor(
    private readonly outputs: OutputStore,
    private readonly access: OutputAccess,
    private readonly archive: JobArchive,
  ) {}

  /**
   * The recipe in an output of the caller's, or of anybody for who may see all jobs; a video of MP4 or WebM
   * is not looked into.
   * @throws JobNotFoundError, NotFoundError, OutputExpiredError
   */
  async read(caller: Principal, jobId: string, filename: string): Promise<OutputRecipeDto> {
    if (!(await this.access.mayRead(caller, jobId))) throw new JobNotFoundError(jobId);
    const file = await this.bytes(jobId, filename);
    const texts = pictureKind(file) ? await readPictureTexts(file) : {};
    return { parameters: texts['parameters'] ?? null, recipe: objectOf(texts['atelier']) };
  }

  private async bytes(jobId: string, filename: string): Promise<Buffer> {
    try {
      return await this.outputs.read(jobId, filename);
    } catch (error) {
      if (error instanceof NotFoundError && (await this.archive.isExpired(jobId)))
        throw new OutputExpiredError();
      throw error;
    }
  }
}
