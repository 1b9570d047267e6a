import { Injectable } from '@nestjs/common';
import { Civitai, type CivitaiFile } from './civitai.js';
import { HuggingFace, type HuggingFaceFile, type WantedHubFile } from './hugging-face.js';

/** What the hubs know of a model, asked with a bound of time and size. */
@Injectable()
export class Hubs {
  constructor(
    private readonly civitaiHub: Civitai,
    private readonly huggingFaceHub: HuggingFace,
  ) {}

  /** @param id `123` or `123:456`, a model and its version. @throws AppError, see {@link Civitai.file} */
  civitai(id: string): Promise<CivitaiFile> {
    return this.civitaiHub.file(id);
  }

  /** @throws AppError, see {@link HuggingFace.file} */
  huggingFace(wanted: WantedHubFile): Promise<HuggingFaceFile> {
    return this.huggingFaceHub.file(wanted);
  }
}
