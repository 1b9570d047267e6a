import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { NotFoundError } from '../../../common/index.js';
import { pictureKind, UploadStore } from '../../../files/index.js';
import type { JobDetails } from '../../../queue/index.js';
import { SdcppJobModels } from '../jobs/model.js';
import { paramsOf } from '../jobs/params.js';
import { optionsOf } from '../jobs/progress.js';
import { SdcppJobs } from '../jobs/jobs.service.js';
import { instantOf, typeOf } from '../jobs/words.js';
import type { Entry } from './page.js';
import { NO_SUCH_PATH, theirName } from './path.js';

/** What the parameters of a job are in. */
export const CONFIG_FILE = 'config.json';

/** Names of the pictures that went into a job, and the options of the core that hold them. */
const INPUTS: Readonly<Record<string, readonly string[]>> = {
  'source.png': ['init_image', 'image'],
  'mask.png': ['mask_image'],
  'control.png': ['control_image'],
};

/** Whether this is what went into a job, rather than what came out: that is its owner's only. */
export function isInput(name: string): boolean {
  return name === CONFIG_FILE || Object.hasOwn(INPUTS, name);
}

interface Picture {
  data: Buffer;
  contentType: string;
}

function uploadOf({ parameters }: JobDetails, name: string): string | undefined {
  const options = optionsOf(parameters);
  const ids = (INPUTS[name] ?? []).map((option) => options[option]);
  return ids.find((id) => typeof id === 'string');
}

/** The folders of jobs as clients of this API see them: outputs, and what those were made from. */
@Injectable()
export class SdcppOutputs {
  constructor(
    private readonly jobs: SdcppJobs,
    private readonly models: SdcppJobModels,
    private readonly uploads: UploadStore,
  ) {}

  /** What lies in the folder of a job. @throws SdcppJobNotFoundError */
  async entries(principal: Principal, jobId: string): Promise<Entry[]> {
    const job = await this.jobs.find(principal, jobId);
    const at = job.end_time ?? job.queued_time;
    const outputs = job.outputs_expired ? [] : job.outputs;
    const inputs = await Promise.all(
      Object.keys(INPUTS).map((name) =>
        this.picture(job, name).then(
          ({ data }) => [{ name, bytes: data.length, at: job.queued_time }],
          () => [],
        ),
      ),
    );
    const config = await this.configOf(job);
    return [
      ...outputs.map(({ filename, size }) => ({ name: theirName(filename), bytes: size, at })),
      { name: CONFIG_FILE, bytes: Buffer.byteLength(config), at },
      ...inputs.flat(),
    ];
  }

  /** With what a job was made, as JSON. @throws NotFoundError */
  async config(principal: Principal, jobId: string): Promise<string> {
    return this.configOf(await this.jobs.find(principal, jobId));
  }

  /** A picture that went into a job. @throws NotFoundError */
  async input(principal: Principal, jobId: string, name: string): Promise<Picture> {
    return this.picture(await this.jobs.find(principal, jobId), name);
  }

  private async picture(job: JobDetails, name: string): Promise<Picture> {
    const upload = uploadOf(job, name);
    if (upload === undefined) throw NO_SUCH_PATH;
    const data = await this.uploads.read(upload);
    const kind = pictureKind(data);
    if (kind === undefined) throw new NotFoundError('Path not found');
    return { data, contentType: `image/${kind}` };
  }

  private async configOf(job: JobDetails): Promise<string> {
    const modelOf = await this.models.teller();
    const config = {
      job_id: job.id,
      type: typeOf(job.kind),
      created_at: instantOf(job.queued_time),
      ...(job.label === null ? {} : { title: job.label }),
      params: paramsOf(job),
      model_settings: modelOf(job),
      seeds: job.outputs.flatMap(({ seed }) => (seed === undefined ? [] : [seed])),
    };
    return `${JSON.stringify(config, undefined, 2)}\n`;
  }
}
