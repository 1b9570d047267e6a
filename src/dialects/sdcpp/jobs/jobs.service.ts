import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { AppError } from '../../../common/index.js';
import {
  HistoryService,
  QueueService,
  RecycleBin,
  type JobDetails,
  type JobListQuery,
} from '../../../queue/index.js';
import { PAGE_AND_OFFSET, SdcppJobNotFoundError, SdcppJobRefusedError } from './jobs.errors.js';
import type { SdcppJobDto, SdcppQueueDto, SdcppQueueQueryDto } from './jobs.dto.js';
import type { SdcppBinDto, SdcppDeletedJobsDto } from './bin.dto.js';
import { dayOf } from './days.js';
import { SdcppJobModels } from './model.js';
import { toSdcppBinnedJob, toSdcppJob, type JobViewContext } from './view.js';
import { kindsOf, stateOf, typeOf } from './words.js';
import { SdcppSettings } from '../settings/settings.service.js';

/** Most jobs of the recycle bin that are shown. */
const BIN_SHOWN = 1000;

/** Jobs as clients of this API know them. */
@Injectable()
export class SdcppJobs {
  constructor(
    private readonly queue: QueueService,
    private readonly history: HistoryService,
    private readonly bin: RecycleBin,
    private readonly models: SdcppJobModels,
    private readonly settings: SdcppSettings,
  ) {}

  /**
   * @param base what stands before `/output/` in whole addresses
   * @throws InvalidParametersError, InsufficientPermissionsError
   */
  async list(
    principal: Principal,
    query: SdcppQueueQueryDto,
    base: string,
  ): Promise<SdcppQueueDto> {
    if (query.page !== undefined && query.offset !== undefined) throw PAGE_AND_OFFSET;
    const { limit } = query;
    const offset = query.offset ?? ((query.page ?? 1) - 1) * limit;
    const wanted: JobListQuery = { ...filterOf(query), limit, offset };
    const [counts, titles, part] = await Promise.all([
      this.history.counts(principal, kindsOf(), wanted.everybody),
      this.history.labels(principal),
      this.part(principal, query, wanted, await this.context(principal, base)),
    ]);
    const { total, ...shown } = part;
    return {
      pending_count: counts.queued,
      processing_count: counts.processing,
      completed_count: counts.completed,
      failed_count: counts.failed,
      cancelled_count: counts.cancelled,
      total_count: Object.values(counts).reduce((sum, count) => sum + count, 0),
      filtered_count: total,
      ...shown,
      offset,
      limit,
      page: Math.floor(offset / limit) + 1,
      total_pages: Math.max(Math.ceil(total / limit), 1),
      has_more: offset + limit < total,
      has_prev: offset > 0,
      all_titles: titles,
      ...appliedOf(query),
    };
  }

  /** @throws SdcppJobNotFoundError */
  async one(principal: Principal, id: string, base: string): Promise<SdcppJobDto> {
    const job = await this.find(principal, id);
    return toSdcppJob(job, await this.context(principal, base));
  }

  /** A job that clients of this API may see. @throws SdcppJobNotFoundError */
  async find(principal: Principal, id: string): Promise<JobDetails> {
    const job = await this.queue.job(principal, id).catch(orElse(new SdcppJobNotFoundError()));
    if (typeOf(job.kind) === undefined) throw new SdcppJobNotFoundError();
    return job;
  }

  /** Cancels a job, queued or running. @throws SdcppJobRefusedError */
  async cancel(principal: Principal, id: string): Promise<void> {
    const refused = new SdcppJobRefusedError('cancel');
    await this.find(principal, id).catch(orElse(refused));
    await this.queue.cancel(principal, id).catch(orElse(refused));
  }

  /** Deletes jobs that have ended; the others are told of. */
  async delete(principal: Principal, ids: string[]): Promise<SdcppDeletedJobsDto> {
    const outcomes = await this.bin.deleteAll(principal, ids);
    const failed = outcomes.filter(({ error }) => error).map(({ id }) => id);
    return {
      success: true,
      deleted: ids.length - failed.length,
      failed: failed.length,
      total: ids.length,
      ...(failed.length > 0 ? { failed_job_ids: failed } : {}),
    };
  }

  async binned(principal: Principal, base: string): Promise<SdcppBinDto> {
    const [{ jobs, total }, context] = await Promise.all([
      this.bin.list(principal, { limit: BIN_SHOWN }),
      this.context(principal, base),
    ]);
    const { isEnabled: enabled, minutes } = this.bin;
    const items = jobs.map((job) => toSdcppBinnedJob(job, context));
    return { success: true, enabled, retention_minutes: minutes, count: total, items };
  }

  /** @throws SdcppJobRefusedError */
  async restore(principal: Principal, id: string): Promise<void> {
    await this.bin.restore(principal, id).catch(orElse(new SdcppJobRefusedError('restore')));
  }

  /** @throws SdcppJobRefusedError */
  async purge(principal: Principal, id: string): Promise<void> {
    await this.bin.purge(principal, id).catch(orElse(new SdcppJobRefusedError('purge')));
  }

  private async part(
    principal: Principal,
    { group_by }: SdcppQueueQueryDto,
    wanted: JobListQuery,
    context: JobViewContext,
  ): Promise<Partial<SdcppQueueDto> & { total: number }> {
    if (group_by === undefined) {
      const { jobs, total } = await this.history.list(principal, wanted);
      const items = jobs.map((job) => toSdcppJob(job, context));
      return { items, total, ...boundsOf(jobs) };
    }
    const { days, total } = await this.history.days(principal, wanted);
    const groups = days.map(({ day, count, jobs }) => ({
      ...dayOf(day),
      count,
      items: jobs.map((job) => toSdcppJob(job, context)),
    }));
    return { groups, group_by, total, ...boundsOf(days.flatMap(({ jobs }) => jobs)) };
  }

  private async context({ userId }: Principal, base: string): Promise<JobViewContext> {
    const [modelOf, { output_group_folders: groupFolders }] = await Promise.all([
      this.models.teller(),
      this.settings.output(userId),
    ]);
    return { base, groupFolders, modelOf };
  }
}

/** Something the house refuses becomes the one refusal that the document has; faults stay what they are. */
function orElse(refusal: AppError): (error: unknown) => never {
  return (error) => {
    throw error instanceof AppError && error.status < 500 ? refusal : error;
  };
}

function filterOf(query: SdcppQueueQueryDto): Omit<JobListQuery, 'limit'> {
  const { status, type, search, titles, before, after, all } = query;
  return {
    everybody: all ?? false,
    states: status === undefined ? undefined : [stateOf(status)],
    kinds: kindsOf(type),
    search: search || undefined,
    labels: titles,
    from: after === undefined ? undefined : new Date((after + 1) * 1000),
    to: before === undefined ? undefined : new Date(before * 1000),
  };
}

function appliedOf(query: SdcppQueueQueryDto): Pick<SdcppQueueDto, 'applied_filters'> {
  const { status, type, search, titles } = query;
  const given = Object.entries({ status, type, search: search || undefined, titles });
  const applied = given.filter(([, value]) => value !== undefined);
  return applied.length === 0 ? {} : { applied_filters: Object.fromEntries(applied) };
}

function boundsOf(
  jobs: JobDetails[],
): Pick<SdcppQueueDto, 'newest_timestamp' | 'oldest_timestamp'> {
  const [newest, oldest] = [jobs.at(0), jobs.at(-1)];
  if (!newest || !oldest) return {};
  return { newest_timestamp: newest.queued_time, oldest_timestamp: oldest.queued_time };
}
