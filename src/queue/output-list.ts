import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Principal } from '../auth/index.js';
import { pageInfo, pageWindow, unixSeconds, type SqlValue } from '../common/index.js';
import { historyPart } from './history-query.js';
import { whoseOf } from './history.service.js';
import { outputUrl } from './job.dto.js';
import type {
  ListedOutputDto,
  OutputChoicesDto,
  OutputsDto,
  OutputsQueryDto,
} from './output-list.dto.js';

/** Most models, kinds and sizes that are offered as choices. */
const CHOICES = 100;

interface Part {
  /** From `FROM` to the end of `WHERE`. */
  sql: string;
  values: SqlValue[];
}

interface Row {
  sequence: number;
  place: number;
  filename: string;
  contentType: string;
  bytes: number;
  width: number;
  height: number;
  seed: number | null;
  kind: string;
  model: string | null;
  createdAt: number;
  jobId: string;
  title: string;
  label: string | null;
  outputs: number;
  ownerId: string;
  username: string;
}

interface Combination {
  model: string | null;
  kind: string;
  width: number;
  height: number;
  count: number;
}

/** What the combinations have under a name, with how often, the most frequent first. */
function frequent(
  rows: Combination[],
  nameOf: (row: Combination) => string,
): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row);
    counts.set(name, (counts.get(name) ?? 0) + row.count);
  }
  return [...counts]
    .toSorted(([a, many], [b, more]) => more - many || a.localeCompare(b))
    .slice(0, CHOICES);
}

/** The rows of a user or of all, by the index that has all that they are narrowed by. */
function rowsOf(ownerId: string | undefined): Part {
  return ownerId === undefined
    ? { sql: 'FROM "job_outputs" INDEXED BY "job_outputs_all" WHERE 1 = 1', values: [] }
    : {
        sql: 'FROM "job_outputs" INDEXED BY "job_outputs_owner" WHERE "ownerId" = ?',
        values: [ownerId],
      };
}

function partOf(ownerId: string | undefined, query: OutputsQueryDto): Part {
  const { kind, model, search, from, to, size } = query;
  const [width, height] = size?.split('x').map(Number) ?? [];
  const conditions: [sql: string, value: SqlValue | undefined][] = [
    ['"kind" = ?', kind],
    ['"model" = ?', model],
    ['"createdAt" >= ?', from?.getTime()],
    ['"createdAt" < ?', to?.getTime()],
    ['"width" = ?', width],
    ['"height" = ?', height],
  ];
  const { sql, values } = rowsOf(ownerId);
  const parts = [sql];
  const all = [...values];
  for (const [condition, value] of conditions) {
    if (value === undefined) continue;
    parts.push(condition);
    all.push(value);
  }
  if (search !== undefined) {
    const kinds = kind === undefined ? undefined : [kind];
    const found = historyPart({ ownerId, states: ['completed'], kinds, model, search });
    parts.push(`"sequence" IN (SELECT ${found.sequence} ${found.sql})`);
    all.push(...found.values);
  }
  return { sql: parts.join(' AND '), values: all };
}

function toView(row: Row, withOwner: boolean): ListedOutputDto {
  const { jobId, filename, seed, ownerId, username } = row;
  return {
    job_id: jobId,
    kind: row.kind,
    prompt: row.title,
    label: row.label,
    model: row.model,
    queued_time: unixSeconds(new Date(row.createdAt)),
    job_outputs: row.outputs,
    filename,
    content_type: row.contentType,
    size: row.bytes,
    width: row.width,
    height: row.height,
    ...(seed === null ? {} : { seed }),
    url: outputUrl(jobId, filename),
    ...(withOwner ? { owner: { id: ownerId, username } } : {}),
  };
}

/** Pictures and videos one by one, whichever jobs they are of. */
@Injectable()
export class OutputList {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * A page of them, by the time at which their jobs were submitted.
   * @throws InsufficientPermissionsError where those of everybody are asked for without the right to
   */
  async page(principal: Principal, query: OutputsQueryDto): Promise<OutputsDto> {
    const { sql, values } = partOf(whoseOf(principal, query.all), query);
    const [[count], outputs] = await Promise.all([
      this.source.query<{ total: number }[]>(`SELECT count(*) AS "total" ${sql}`, values),
      this.rows({ sql, values }, query),
    ]);
    return {
      outputs: outputs.map((row) => toView(row, query.all ?? false)),
      ...pageInfo(query, count?.total ?? 0),
    };
  }

  /**
   * What there is to narrow the list by.
   * @throws InsufficientPermissionsError
   */
  async choices(principal: Principal, everybody?: boolean): Promise<OutputChoicesDto> {
    const { sql, values } = rowsOf(whoseOf(principal, everybody));
    // Each row of the index is read once; there are few ways in which these four are combined.
    const rows = await this.source.query<Combination[]>(
      `SELECT "model", "kind", "width", "height", count(*) AS "count" ${sql}
       GROUP BY "model", "kind", "width", "height"`,
      values,
    );
    const named = (choices: [string, number][]): { name: string; count: number }[] =>
      choices.map(([name, count]) => ({ name, count }));
    return {
      models: named(
        frequent(
          rows.filter(({ model }) => model !== null),
          ({ model }) => model ?? '',
        ),
      ),
      kinds: named(frequent(rows, ({ kind }) => kind)),
      sizes: frequent(rows, ({ width, height }) => `${width}x${height}`).map(([size, count]) => {
        const [width = 0, height = 0] = size.split('x').map(Number);
        return { width, height, count };
      }),
    };
  }

  /** What is skipped is read from an index; only the rows of the page are fetched. */
  private rows({ sql, values }: Part, query: OutputsQueryDto): Promise<Row[]> {
    const { skip, take } = pageWindow(query);
    const direction = query.sort_order === 'asc' ? 'ASC' : 'DESC';
    return this.source.query<Row[]>(
      `WITH "page" AS (
         SELECT "sequence", "place" ${sql}
         ORDER BY "sequence" ${direction}, "place" ${direction} LIMIT ? OFFSET ?
       )
       SELECT "output".*, "jobs"."id" AS "jobId", "jobs"."title" AS "title", "jobs"."label" AS "label",
         json_array_length("jobs"."result", '$.outputs') AS "outputs", "users"."username" AS "username"
       FROM "page"
       JOIN "job_outputs" AS "output" USING ("sequence", "place")
       JOIN "jobs" USING ("sequence")
       JOIN "users" ON "users"."id" = "output"."ownerId"
       ORDER BY "output"."sequence" ${direction}, "output"."place" ${direction}`,
      [...values, take, skip],
    );
  }
}
