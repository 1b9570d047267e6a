import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../../auth/index.js';
import { unixSeconds } from '../../../common/index.js';
import { OutputAccess, OutputStore } from '../../../files/index.js';
import type { JobDetails } from '../../../queue/index.js';
import type { AnswerForm } from './fields.js';
import type { ImagesRequest } from './request.js';

/** How long a signed address is good, in seconds; as long as OpenAI's. */
const LINK_SECONDS = 3600;

type Output = JobDetails['outputs'][number];

/** Nothing here is counted in tokens. */
export const NO_USAGE = {
  input_tokens: 0,
  input_tokens_details: { image_tokens: 0, text_tokens: 0 },
  output_tokens: 0,
  total_tokens: 0,
};

/** What is told of each picture of an answer. */
export interface Manner {
  background: 'opaque';
  output_format: string;
  quality: string;
  size: string;
}

export interface ImagesAnswer extends Manner {
  /** Unix time in seconds. */
  created: number;
  data: Array<{ url: string } | { b64_json: string }>;
  usage: typeof NO_USAGE;
}

/** How OpenAI calls the format of a file with this content type. */
export function formatOf(contentType: string): string {
  return contentType.replace(/^image\//, '');
}

/** Quality has no meaning here: it is told as it was asked for, and `high` where that was left open. */
export function mannerOf(
  { content_type, width, height }: Pick<Output, 'content_type' | 'width' | 'height'>,
  quality: string,
): Manner {
  return {
    background: 'opaque',
    output_format: formatOf(content_type),
    quality: quality === 'auto' ? 'high' : quality,
    size: `${width}x${height}`,
  };
}

/** Makes answers of finished jobs. */
@Injectable()
export class OpenaiAnswers {
  constructor(
    private readonly outputs: OutputStore,
    private readonly access: OutputAccess,
  ) {}

  async answer(
    caller: Principal,
    job: JobDetails,
    { form, quality }: ImagesRequest,
    request: FastifyRequest,
  ): Promise<ImagesAnswer> {
    const data = [];
    for (const output of job.outputs)
      data.push(await this.entry(caller, { job, output, form }, request));
    const [first] = job.outputs;
    if (!first) throw new Error(`Job ${job.id} has completed without a picture.`);
    const created = job.end_time ?? unixSeconds(new Date());
    return { created, data, ...mannerOf(first, quality), usage: NO_USAGE };
  }

  /** A picture in base64. */
  async base64(job: JobDetails, { filename }: Output): Promise<string> {
    return (await this.outputs.read(job.id, filename)).toString('base64');
  }

  private async entry(
    caller: Principal,
    { job, output, form }: { job: JobDetails; output: Output; form: AnswerForm },
    request: FastifyRequest,
  ): Promise<ImagesAnswer['data'][number]> {
    switch (form) {
      case 'url':
        return { url: await this.address(caller, job.id, output.filename, request) };
      case 'b64_json':
        return { b64_json: await this.base64(job, output) };
      case 'Url': {
        const { name } = await this.outputs.locate(job.id, output.filename);
        return { url: join(job.id, name) };
      }
      case 'B64Json': {
        const data = await this.base64(job, output);
        return { b64_json: `data:${output.content_type};base64,${data}` };
      }
    }
  }

  private async address(
    caller: Principal,
    jobId: string,
    filename: string,
    { protocol, host }: FastifyRequest,
  ): Promise<string> {
    const path = `/v1/images/files/${jobId}/${encodeURIComponent(filename)}`;
    const address = `${protocol}://${host}${path}`;
    if (this.access.isPublic || !(await this.access.mayRead(caller, jobId))) return address;
    const expires = unixSeconds(new Date()) + LINK_SECONDS;
    const { signature } = await this.access.sign(caller, jobId, filename, expires);
    return `${address}?expires=${expires}&signature=${signature}`;
  }
}
