import { Injectable } from '@nestjs/common';
import type { ModelFiles } from '../engine/index.js';
import { ModelsService } from '../models/index.js';
import type { NamedFile, NamedFiles } from './request-parts.js';

/** A file of a recipe; the hashes are SHA-256 in lower-case hex. */
export interface HashedFile {
  /** As the request calls it. */
  name: string;
  sha256: string;
}

export interface HashedLora extends HashedFile {
  /** Of its tensors alone, which is how AUTOMATIC1111 and Civitai know a LoRA. */
  tensors: string;
}

/** What a picture was made with. */
export interface RecipeFiles {
  /** SHA-256 by part of the model. */
  parts: Record<string, string>;
  loras: HashedLora[];
  embeddings: HashedFile[];
  /** SHA-256 of other files by the name of their option. */
  others: Record<string, string>;
}

function unique(files: readonly NamedFile[]): NamedFile[] {
  return [...new Map(files.map((file) => [file.name, file])).values()];
}

/**
 * Hashes what a recipe names. Each file is hashed in the background when it is found, and kept for as long
 * as it stays the same; who comes before that waits, because a recipe without the hash would be another one.
 */
@Injectable()
export class RecipeHashes {
  constructor(private readonly models: ModelsService) {}

  async of(files: ModelFiles, { loras, embeddings, paths }: NamedFiles): Promise<RecipeFiles> {
    return {
      parts: await this.models.hash({ files }),
      loras: await Promise.all(
        unique(loras).map(async ({ name, path }) => ({
          name,
          sha256: await this.models.hashOf(path),
          tensors: await this.models.tensorsHashOf(path),
        })),
      ),
      embeddings: await Promise.all(
        unique(embeddings).map(async ({ name, path }) => ({
          name,
          sha256: await this.models.hashOf(path),
        })),
      ),
      others: await this.models.hash({ files: paths }),
    };
  }
}
