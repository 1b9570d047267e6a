import type { Router } from 'vue-router';
import {
  conversionConvert,
  downloadsDownload,
  factsParameters,
  generateText2Img,
  modelsLoad,
  modelsRefresh,
  modelsSummary,
  modelsUnload,
  queueCancel,
  queueRemove,
  type ActionDto,
  type ConvertModelDto,
  type DownloadModelDto,
  type GenerateText2ImgData,
} from '../../api/client.js';
import type { Permission } from '../../api/session.js';
import { count } from '../../lib/format.js';
import { addressOf, drawingOf } from './actions.js';

type Parameters = ActionDto['parameters'];

interface Work {
  needs?: Permission;
  /** Does it, and says what was done. */
  run: (parameters: Parameters, router: Router) => Promise<string>;
}

async function load({ model_name: name, options, ...parts }: Parameters): Promise<string> {
  const { model_type: _, tile_size: __, ...named } = parts;
  const body = { ...named, ...(options as object | undefined) };
  const { model } = await modelsLoad({ path: { modelId: String(name) }, body });
  return `${model} is loaded.`;
}

/** Unloads all of the models in memory that are upscalers, or all that are not. */
async function unload(upscalers: boolean): Promise<string> {
  const { loaded } = await modelsSummary();
  const meant = loaded.filter(({ type }) => (type === 'esrgan') === upscalers);
  for (const { id } of meant) await modelsUnload({ path: { modelId: id } });
  return meant.length > 0 ? `${count(meant.length, 'model')} unloaded.` : 'Nothing was loaded.';
}

async function draw(parameters: Parameters): Promise<string> {
  const { parameters: options } = await factsParameters();
  const body = drawingOf(parameters, Object.keys(options)) as GenerateText2ImgData['body'];
  await generateText2Img({ body });
  return 'It is in the queue; the picture appears in the gallery.';
}

async function removeJobs({ job_ids: ids }: Parameters): Promise<string> {
  const jobs = Array.isArray(ids) ? ids.map(String) : [];
  for (const id of jobs) await queueRemove({ path: { id }, query: { confirm: true } });
  return `${count(jobs.length, 'job')} deleted.`;
}

/** How each action is carried out, with the user's own credential. */
const WORKS: Readonly<Record<string, Work>> = {
  navigate: {
    run: async ({ view }, router) => {
      const address = addressOf(view);
      if (!address) throw new Error('There is no such view here.');
      await router.push(address);
      return 'Opened.';
    },
  },
  refresh_models: {
    needs: 'model:manage',
    run: async () => `${count((await modelsRefresh()).models_found, 'model')} found.`,
  },
  load_model: { needs: 'model:manage', run: load },
  load_upscaler: { needs: 'model:manage', run: load },
  unload_model: { needs: 'model:manage', run: () => unload(false) },
  unload_upscaler: { needs: 'model:manage', run: () => unload(true) },
  generate: { needs: 'job:create', run: draw },
  cancel_job: {
    needs: 'job:cancel',
    run: async ({ job_id: id }) => (await queueCancel({ body: { job_id: String(id) } })).message,
  },
  delete_jobs: { needs: 'job:delete', run: removeJobs },
  download_model: {
    needs: 'model:manage',
    run: async (parameters) => {
      const { filename } = await downloadsDownload({ body: parameters as DownloadModelDto });
      return `${filename} is being downloaded.`;
    },
  },
  convert_model: {
    needs: 'model:manage',
    run: async ({ model_name: model, ...rest }) => {
      const body = { ...rest, model } as unknown as ConvertModelDto;
      return `${(await conversionConvert({ body })).output} is being written.`;
    },
  },
};

/** The permission that an action takes beyond using the assistant. */
export function neededFor(type: string): Permission | undefined {
  return Object.hasOwn(WORKS, type) ? WORKS[type]?.needs : undefined;
}

/** Does what the assistant proposed. @throws ApiError */
export async function carryOut({ type, parameters }: ActionDto, router: Router): Promise<string> {
  const work = Object.hasOwn(WORKS, type) ? WORKS[type] : undefined;
  if (!work) throw new Error('This cannot be done here.');
  return work.run(parameters, router);
}
