import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthRequiredError, Caller, Public, type Principal } from '../../../auth/index.js';
import { NotFoundError } from '../../../common/index.js';
import {
  LinkQuery,
  LinkRefusedError,
  OutputDelivery,
  OutputExpiredError,
  PreconditionError,
  RangeError,
} from '../../../files/index.js';
import { Describe } from '../errors.js';

/** The pictures that answers name by their addresses; here, so that they can be had on a listener too. */
@ApiTags('images')
@Controller('v1/images/files')
export class OpenaiFilesController {
  constructor(private readonly delivery: OutputDelivery) {}

  @Get(':job_id/:filename')
  @Public()
  @Describe({
    summary: 'A picture that was made',
    details: 'Open to whoever the settings of the server let have outputs.',
    files: ['image/png', 'image/jpeg', 'image/webp'],
    errors: [
      AuthRequiredError.missing(),
      new NotFoundError('There is no such file.'),
      new LinkRefusedError('missing'),
      new OutputExpiredError(),
      new PreconditionError(),
      new RangeError(18_214),
    ],
  })
  picture(
    @Caller() caller: Principal | undefined,
    @Param('job_id') jobId: string,
    @Param('filename') filename: string,
    @Query() proof: LinkQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.delivery.send({ caller, jobId, filename, proof }, { request, reply });
  }
}
