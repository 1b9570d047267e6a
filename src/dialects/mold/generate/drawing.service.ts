import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { GenerateService } from '../../../generate/index.js';
import type { NewJob } from '../../../queue/index.js';
import { inOurWords } from '../../fields.js';
import type { MoldRequest } from './request.js';

/** Turns requests of this API into ordinary jobs. */
@Injectable()
export class MoldDrawing {
  constructor(private readonly generate: GenerateService) {}

  /** @returns the id of the job. @throws whatever the core refuses, by the names of this API */
  submit(caller: Principal, { kind, options, names, told }: MoldRequest): Promise<string> {
    const origin = { dialect: 'mold', params: told };
    return inOurWords(names, () => this.generate.submit(caller, kind, options, { origin }));
  }

  /** The same without submitting it. */
  prepare(
    caller: Principal,
    { kind, options, names, told }: MoldRequest,
    tags: Record<string, string>,
  ): Promise<NewJob> {
    const origin = { dialect: 'mold', params: told, tags };
    return inOurWords(names, () => this.generate.prepare(caller, kind, options, { origin }));
  }
}
