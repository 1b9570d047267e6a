import { Controller, Header, HttpCode, Options } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../auth/index.js';
import { Describe } from './errors.js';

/** For clients that ask first what there is; web pages of other origins are granted only what the settings say. */
@ApiTags('images')
@Controller('v1')
export class OpenaiPingController {
  @Options(['images/generations', 'images/edits', 'images/variations'])
  @Public()
  @HttpCode(204)
  @Header('allow', 'OPTIONS, POST')
  @Describe({ summary: 'Whether pictures are made here', status: 204, files: [] })
  images(): void {}

  @Options('models')
  @Public()
  @HttpCode(204)
  @Header('allow', 'GET, HEAD, OPTIONS')
  @Describe({ summary: 'Whether models are listed here', status: 204, files: [] })
  models(): void {}
}
