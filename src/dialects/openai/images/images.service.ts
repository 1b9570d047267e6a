import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { GenerateService, type GenerationKind } from '../../../generate/index.js';
import { inOurWords } from '../../fields.js';
import { OpenaiModels } from '../models/models.service.js';
import type { ImagesRequest } from './request.js';

/** Turns requests of this API into ordinary jobs. */
@Injectable()
export class OpenaiImages {
  constructor(
    private readonly generate: GenerateService,
    private readonly models: OpenaiModels,
  ) {}

  /** @returns the id of the job. @throws whatever the core refuses, by the names of this API */
  submit(
    caller: Principal,
    kind: GenerationKind,
    { options, names, model, user, params }: ImagesRequest,
  ): Promise<string> {
    const body = { ...options, model_name: this.models.coreNameOf(model) };
    const tags = user === undefined ? {} : { tags: { 'openai.user': user } };
    return inOurWords(names, () =>
      this.generate.submit(caller, kind, body, { origin: { dialect: 'openai', params, ...tags } }),
    );
  }
}
