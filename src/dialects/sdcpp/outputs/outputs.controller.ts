import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthRequiredError, Caller, Needs, Public, type Principal } from '../../../auth/index.js';
import {
  IMAGE_WORK_ERRORS,
  ImageWork,
  LinkRefusedError,
  NoThumbnailError,
  OutputDelivery,
  OutputExpiredError,
  PreconditionError,
  RangeError,
  squareThumbnail,
  type Exchange,
  THUMBNAIL_ERRORS,
} from '../../../files/index.js';
import { OutputFolders } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { pathBase } from './address.js';
import { folderQueryOf, SdcppOutputQueryDto } from './outputs.dto.js';
import { PAGE_POLICY } from './html.js';
import { mediaOf, NotMediaError, PLAY_BUTTON, THUMBNAIL_SIZE } from './media.js';
import { filesPage, foldersPage } from './page.js';
import { InvalidPathError, NO_SUCH_PATH, ourName, readPath } from './path.js';
import { CONFIG_FILE, isInput, SdcppOutputs } from './outputs.service.js';

const PAGE = 'text/html';

const FILES = [
  PAGE,
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/avif',
  'video/mp4',
  'video/webm',
];

const CONFIG = {
  schema: { type: 'object', additionalProperties: true },
  example: { type: 'txt2img', params: { prompt: 'red apple', steps: 20 } },
};

const THUMBNAILS = ['image/jpeg', 'image/svg+xml'];

const REFUSALS = [
  AuthRequiredError.missing(),
  new InvalidPathError(),
  NO_SUCH_PATH,
  new LinkRefusedError('missing'),
  new OutputExpiredError(),
  new PreconditionError(),
  new RangeError(18_214),
];

/** What is asked of one of these routes. */
interface Asked extends Exchange {
  caller: Principal | undefined;
  query: SdcppOutputQueryDto;
  /** What stands behind the first part of the path. */
  parts: readonly string[];
}

/** Seed sdcpp-restapi, "File Browser & Output Serving". Folders are their owners' only. */
@ApiTags('outputs')
@Controller('sdcpp')
export class SdcppOutputsController {
  constructor(
    private readonly folders: OutputFolders,
    private readonly outputs: SdcppOutputs,
    private readonly delivery: OutputDelivery,
    private readonly work: ImageWork,
  ) {}

  @Get('output')
  @Needs('output:read')
  @Describe({ summary: "The file browser: the folders of one's own jobs", files: [PAGE] })
  async root(
    @Caller() caller: Principal,
    @Query() query: SdcppOutputQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendFolders(caller, query, { request, reply });
  }

  @Get('output/:job_id')
  @Public()
  @Describe({
    summary: 'The file browser: the folder of one job',
    files: FILES,
    json: CONFIG,
    errors: REFUSALS,
  })
  folder(
    @Caller() caller: Principal | undefined,
    @Param('job_id') job: string,
    @Query() query: SdcppOutputQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.open({ caller, query, parts: [job], request, reply });
  }

  @Get('output/:job_id/:filename')
  @Public()
  @Describe({
    summary: 'A file of a job',
    details:
      'Besides its outputs, `config.json` says with what they were made, and `source.png`, `mask.png` and `control.png` are the pictures that went into it; those are for its owner only.',
    files: FILES,
    json: CONFIG,
    errors: REFUSALS,
  })
  file(
    @Caller() caller: Principal | undefined,
    @Param('job_id') job: string,
    @Param('filename') filename: string,
    @Query() query: SdcppOutputQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.open({ caller, query, parts: [job, filename], request, reply });
  }

  @Get('output/:group_id/:job_id/:filename')
  @Public()
  @Describe({ summary: 'A file of a job of a group', files: FILES, json: CONFIG, errors: REFUSALS })
  grouped(
    @Caller() caller: Principal | undefined,
    @Param('group_id') group: string,
    @Param('job_id') job: string,
    @Param('filename') filename: string,
    @Query() query: SdcppOutputQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.open({ caller, query, parts: [group, job, filename], request, reply });
  }

  @Get('thumb/:path')
  @Public()
  @Describe({
    summary: 'A thumbnail, where the whole path is one part of the address',
    files: THUMBNAILS,
    errors: [
      ...REFUSALS,
      new NotMediaError(),
      new NoThumbnailError(),
      ...THUMBNAIL_ERRORS,
      ...IMAGE_WORK_ERRORS,
    ],
  })
  thumbByPath(
    @Caller() caller: Principal | undefined,
    @Param('path') path: string,
    @Query() query: SdcppOutputQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.thumb({ caller, query, parts: [path], request, reply });
  }

  @Get('thumb/:job_id/:filename')
  @Public()
  @Describe({
    summary: 'A thumbnail of a picture, 120 pixels wide and high; a sign for a video',
    files: THUMBNAILS,
    errors: [
      ...REFUSALS,
      new NotMediaError(),
      new NoThumbnailError(),
      ...THUMBNAIL_ERRORS,
      ...IMAGE_WORK_ERRORS,
    ],
  })
  thumbOf(
    @Caller() caller: Principal | undefined,
    @Param('job_id') job: string,
    @Param('filename') filename: string,
    @Query() query: SdcppOutputQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.thumb({ caller, query, parts: [job, filename], request, reply });
  }

  @Get('thumb/:group_id/:job_id/:filename')
  @Public()
  @Describe({
    summary: 'A thumbnail of a file of a job of a group',
    files: THUMBNAILS,
    errors: [
      ...REFUSALS,
      new NotMediaError(),
      new NoThumbnailError(),
      ...THUMBNAIL_ERRORS,
      ...IMAGE_WORK_ERRORS,
    ],
  })
  thumbInGroup(
    @Caller() caller: Principal | undefined,
    @Param('group_id') group: string,
    @Param('job_id') job: string,
    @Param('filename') filename: string,
    @Query() query: SdcppOutputQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.thumb({ caller, query, parts: [group, job, filename], request, reply });
  }

  private async sendFolders(
    { userId }: Principal,
    query: SdcppOutputQueryDto,
    { request, reply }: Exchange,
  ): Promise<void> {
    const wanted = folderQueryOf(query);
    const found = await this.folders.list(userId, wanted);
    await sendPage(reply, foldersPage(`${pathBase(request)}/output`, wanted, found));
  }

  private async open({ caller, query, parts, request, reply }: Asked): Promise<void> {
    const { jobId, filename } = readPath(parts);
    if (jobId !== undefined && filename !== undefined && !isInput(filename)) {
      const wanted = { caller, jobId, filename: ourName(filename), proof: query };
      return this.delivery.send(wanted, { request, reply });
    }
    if (!caller) throw AuthRequiredError.missing();
    if (jobId === undefined) return this.sendFolders(caller, query, { request, reply });
    if (filename === undefined) {
      const base = pathBase(request);
      const root = `${base}/output`;
      const places = { root, folder: `${root}/${jobId}`, thumbs: `${base}/thumb/${jobId}` };
      const entries = await this.outputs.entries(caller, jobId);
      return sendPage(reply, filesPage(places, jobId, folderQueryOf(query), entries));
    }
    if (filename === CONFIG_FILE)
      return sendOwn(reply, 'application/json', await this.outputs.config(caller, jobId));
    const { data, contentType } = await this.outputs.input(caller, jobId, filename);
    return sendOwn(reply, contentType, data);
  }

  private async thumb({ caller, query, parts, request, reply }: Asked): Promise<void> {
    const { jobId, filename } = readPath(parts);
    const media = mediaOf(filename ?? '');
    if (jobId === undefined || filename === undefined || media === undefined)
      throw new NotMediaError();
    if (isInput(filename)) {
      if (!caller) throw AuthRequiredError.missing();
      const { data } = await this.outputs.input(caller, jobId, filename);
      const square = await this.work.run(caller.userId, () =>
        squareThumbnail(data, THUMBNAIL_SIZE),
      );
      return sendOwn(reply, 'image/jpeg', square);
    }
    const wanted = { caller, jobId, filename: ourName(filename), proof: query };
    if (media === 'video') {
      await this.delivery.check(wanted);
      return sendOwn(reply, 'image/svg+xml', PLAY_BUTTON);
    }
    const thumbnail = { size: THUMBNAIL_SIZE, form: 'square' as const };
    return this.delivery.send({ ...wanted, thumbnail }, { request, reply });
  }
}

async function sendPage(reply: FastifyReply, page: string): Promise<void> {
  await reply
    .header('content-type', `${PAGE}; charset=utf-8`)
    .header('content-security-policy', PAGE_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .send(page);
}

/** Sends what nobody else may keep a copy of. */
async function sendOwn(reply: FastifyReply, type: string, data: string | Buffer): Promise<void> {
  await reply
    .header('content-type', type)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, max-age=3600')
    .send(data);
}
