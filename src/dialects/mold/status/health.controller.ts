import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../../auth/index.js';
import { Describe } from '../errors.js';

@ApiTags('status')
@Controller('mold/health')
export class MoldHealthController {
  /** Answers for as long as the server does, whatever becomes of the engine. */
  @Get()
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  @Describe({ summary: 'Is the server there?', files: ['text/plain'] })
  health(): string {
    return 'ok';
  }
}
