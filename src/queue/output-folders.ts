import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { pageWindow, type SortOrder } from '../common/index.js';

/** The outputs of one job, as a folder. */
export interface OutputFolder {
  jobId: string;
  kind: string;
  /** What its owner called it, else what a list shows of it. */
  title: string;
  files: number;
  bytes: number;
  finishedAt: Date;
}

export const FOLDER_ORDERS = ['name', 'size', 'date'] as const;

export interface FolderQuery {
  sort_by: (typeof FOLDER_ORDERS)[number];
  sort_order: SortOrder;
  limit: number;
  page: number;
}

export interface FolderPage {
  folders: OutputFolder[];
  /** Of all pages. */
  total: number;
  files: number;
  bytes: number;
}

const COLUMNS: Record<FolderQuery['sort_by'], string> = {
  name: '"id"',
  size: '"outputBytes"',
  date: '"finishedAt"',
};

const WITH_OUTPUTS = `FROM "jobs" WHERE "ownerId" = ? AND "state" = 'completed' AND "outputBytes" > 0
  AND "deletedAt" IS NULL`;

const FILES = `json_array_length("result", '$.outputs')`;

type Row = Omit<OutputFolder, 'finishedAt'> & { finishedAt: number };

/** The outputs of a user's jobs, folder by folder. */
@Injectable()
export class OutputFolders {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  async list(ownerId: string, query: FolderQuery): Promise<FolderPage> {
    const { skip, take } = pageWindow(query);
    const direction = query.sort_order === 'asc' ? 'ASC' : 'DESC';
    const [[sums], rows] = await Promise.all([
      this.source.query<{ total: number; files: number | null; bytes: number | null }[]>(
        `SELECT count(*) AS "total", sum(${FILES}) AS "files", sum("outputBytes") AS "bytes" ${WITH_OUTPUTS}`,
        [ownerId],
      ),
      this.source.query<Row[]>(
        `SELECT "id" AS "jobId", "kind", coalesce("label", "title") AS "title",
           ${FILES} AS "files", "outputBytes" AS "bytes", "finishedAt"
         ${WITH_OUTPUTS}
         ORDER BY ${COLUMNS[query.sort_by]} ${direction}, "sequence" ${direction} LIMIT ? OFFSET ?`,
        [ownerId, take, skip],
      ),
    ]);
    return {
      folders: rows.map((row) => ({ ...row, finishedAt: new Date(row.finishedAt) })),
      total: sums?.total ?? 0,
      files: sums?.files ?? 0,
      bytes: sums?.bytes ?? 0,
    };
  }
}
