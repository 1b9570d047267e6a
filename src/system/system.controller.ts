import { Controller, Get, HttpCode, Inject, Logger, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, can, Needs, type Principal } from '../auth/index.js';
import { Describe, MessageDto } from '../common/index.js';
import { EXAMPLE_SYSTEM, SystemReplyDto } from './machine.dto.js';
import { MachineService } from './machine.service.js';
import { RESTART, RestartUnsupportedError, type Restart } from './restart.js';

/** Seed stable-diffusion-cpp-rest, "System Information". */
@ApiTags('system')
@Controller('api/system')
export class SystemController {
  private readonly logger = new Logger('System');

  constructor(
    private readonly machine: MachineService,
    @Inject(RESTART) private readonly start: Restart | undefined,
  ) {}

  @Get()
  @Needs('system:read')
  @Describe({
    summary: 'The machine, the process and the engine',
    reply: SystemReplyDto,
    example: { system: EXAMPLE_SYSTEM },
  })
  async system(@Caller() caller: Principal): Promise<SystemReplyDto> {
    const system = await this.machine.look();
    if (!can(caller, 'system:manage')) system.disk.path = null;
    return { system };
  }

  @Post('restart')
  @HttpCode(200)
  @Needs('system:manage')
  @Describe({
    summary: 'Restart the server',
    details:
      'Takes no more jobs, gives the running one the drain time, then starts anew with the configuration read again. No job is lost: what did not finish waits in the queue and runs afterwards.',
    reply: MessageDto,
    example: { message: 'Server restart initiated' },
    errors: [new RestartUnsupportedError()],
  })
  restart(
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): MessageDto {
    const { start } = this;
    if (!start) throw new RestartUnsupportedError();
    this.logger.warn(`${caller.username} restarts the server`);
    // Not before the answer is out, or the connection is gone.
    reply.raw.once('close', start);
    return { message: 'Server restart initiated' };
  }
}
