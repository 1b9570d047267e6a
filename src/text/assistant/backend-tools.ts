import { Inject, Injectable } from '@nestjs/common';
import type { Permission, Principal } from '../../auth/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../../engine/index.js';
import { MODEL_TYPES, ModelCatalog, ModelsService } from '../../models/index.js';
import { HistoryService, QueueService } from '../../queue/index.js';
import type { ToolOffer } from '../chat/chat-port.js';
import { countOf, neededText, textOf, wordsOf, type GivenArguments } from './tool-arguments.js';

const JOB_STATES = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;

/** Entries of a list, and the most of them. */
const LISTED = 20;
const LISTED_LIMIT = 50;

/** What the assistant does for somebody: look, never change. */
export interface BackendTool extends ToolOffer {
  needs: Permission;
  /** @param situation what the user interface told of itself */
  run(caller: Principal, given: GivenArguments, situation: GivenArguments): Promise<unknown>;
}

function schema(properties: Record<string, object>, required: string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

const LIMIT = { type: 'integer', minimum: 1, maximum: LISTED_LIMIT, default: LISTED };

const STATUS = { type: 'string', enum: [...JOB_STATES] };

/**
 * What the assistant can look up. Everything goes through the services that serve the caller's own
 * requests, as the caller: what these may not see, it does not see.
 */
@Injectable()
export class BackendTools {
  readonly all: readonly BackendTool[];

  constructor(
    private readonly queue: QueueService,
    private readonly history: HistoryService,
    private readonly catalog: ModelCatalog,
    private readonly models: ModelsService,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
  ) {
    this.all = [...this.aboutJobs(), ...this.aboutModels()];
  }

  private aboutJobs(): BackendTool[] {
    return [
      {
        name: 'get_status',
        description: 'How full the queue is, and which models are in memory.',
        parameters: schema({}),
        needs: 'job:read',
        run: (caller) => this.status(caller),
      },
      {
        name: 'list_jobs',
        description: "The user's newest jobs.",
        parameters: schema({ status: STATUS, limit: LIMIT }),
        needs: 'job:read',
        run: (caller, given) => this.jobs(caller, given),
      },
      {
        name: 'search_jobs',
        description: "The user's jobs with these words in their prompts.",
        parameters: schema({
          prompt: { type: 'string' },
          model: { type: 'string', description: 'Name of the model, whole.' },
          status: STATUS,
          limit: LIMIT,
        }),
        needs: 'job:read',
        run: (caller, given) => this.jobs(caller, given),
      },
      {
        name: 'get_job',
        description: 'All about one job: its options, its progress, why it failed.',
        parameters: schema({ job_id: { type: 'string' } }, ['job_id']),
        needs: 'job:read',
        run: (caller, given) => this.queue.job(caller, neededText(given, 'job_id')),
      },
      {
        name: 'get_settings',
        description: 'What the generation form of the user is filled with.',
        parameters: schema({}),
        needs: 'job:read',
        run: (_caller, _given, situation) => Promise.resolve(situation['settings'] ?? {}),
      },
    ];
  }

  private aboutModels(): BackendTool[] {
    return [
      {
        name: 'get_models',
        description: 'The models on disk, with type, architecture and what suits them.',
        parameters: schema({
          type: { type: 'string', enum: [...MODEL_TYPES] },
          search: { type: 'string', description: 'Part of a name.' },
          limit: LIMIT,
        }),
        needs: 'model:read',
        run: (_caller, given) => this.modelList(given),
      },
      {
        name: 'get_architectures',
        description: 'The architectures of the models on disk, with examples.',
        parameters: schema({}),
        needs: 'model:read',
        run: (_caller, _given, situation) => this.architectures(situation),
      },
      {
        name: 'get_options',
        description: 'Samplers, schedulers and weight types of the engine.',
        parameters: schema({}),
        needs: 'model:read',
        run: async () => {
          const { samplers, schedulers, weightTypes } = await this.engine.facts();
          return { samplers, schedulers, quantization_types: weightTypes };
        },
      },
    ];
  }

  private async status(caller: Principal): Promise<object> {
    const { size, active_generations, running } = await this.queue.status(caller);
    const loaded = await this.catalog.page(query({ loaded: true }, LISTED));
    return {
      queue: { waiting: size, in_progress: active_generations, running },
      loaded_models: loaded.models.map(({ name, type, architecture }) => ({
        name,
        type,
        architecture,
      })),
    };
  }

  /** The caller's own, also of those who may see all: what others have written is not to talk to the model. */
  private async jobs(caller: Principal, given: GivenArguments): Promise<object> {
    const { jobs, total } = await this.history.search(caller, {
      owner: caller.userId,
      status: wordsOf(given, 'status', JOB_STATES),
      search: textOf(given, 'prompt'),
      model: textOf(given, 'model'),
      limit: countOf(given, 'limit', LISTED, LISTED_LIMIT),
      page: 1,
      sort_by: 'created',
      sort_order: 'desc',
    });
    return {
      total,
      jobs: jobs.map(({ id, kind, status, prompt, model, queued_time, error }) => ({
        job_id: id,
        type: kind,
        status,
        prompt,
        model,
        created_at: queued_time,
        ...(error && { error: error.message }),
      })),
    };
  }

  private async modelList(given: GivenArguments): Promise<object> {
    const { models, total } = await this.catalog.page(
      query(
        { type: wordsOf(given, 'type', MODEL_TYPES), search: textOf(given, 'search') },
        countOf(given, 'limit', LISTED, LISTED_LIMIT),
      ),
    );
    return {
      total,
      models: models.map(({ name, type, architecture, quantization, loaded, recommended }) => ({
        name,
        type,
        architecture,
        quantization,
        loaded,
        recommended,
      })),
    };
  }

  private async architectures(situation: GivenArguments): Promise<object> {
    const examples = new Map<string, string[]>();
    for (const { architecture, name } of await this.models.list()) {
      if (architecture === null) continue;
      examples.set(architecture, [...(examples.get(architecture) ?? []), name].slice(0, 3));
    }
    return {
      architectures: Object.fromEntries(examples),
      presets: situation['architecture_presets'] ?? {},
    };
  }
}

function query<Filter extends object>(filter: Filter, limit: number) {
  return { ...filter, limit, page: 1, sort_by: 'name' as const, sort_order: 'asc' as const };
}
