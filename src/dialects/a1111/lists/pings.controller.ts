import { Controller, Get, Header, HttpCode, Options } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs, Public } from '../../../auth/index.js';
import { Describe } from '../errors.js';
import { A1111Names, stemOf } from './names.js';
import { list, object } from './schemas.js';

const ON_LISTENERS =
  'On a listener of this API this is at `/v1`, where clients of servers that have both APIs look first.';

/**
 * Some clients (SillyTavern's source "sdcpp") ask by another API whether anybody is there, and draw by this
 * one. A listener puts the prefix before what does not begin with it.
 */
@ApiTags('lists')
@Controller('sdapi/v1/v1')
export class A1111PingsController {
  constructor(private readonly names: A1111Names) {}

  @Options('images/generations')
  @Public()
  @HttpCode(204)
  @Header('allow', 'OPTIONS')
  @Describe({
    summary: 'Whether pictures are made here',
    details: ON_LISTENERS,
    status: 204,
    files: [],
  })
  images(): void {}

  @Get('models')
  @Needs('model:read')
  @Describe({
    summary: 'Models that draw, by their names',
    details: ON_LISTENERS,
    schema: object({
      object: { const: 'list' },
      data: list(object({ id: { type: 'string' }, object: { const: 'model' } })),
    }),
    example: { object: 'list', data: [{ id: 'v1-5-pruned-emaonly', object: 'model' }] },
  })
  async models() {
    const models = await this.names.drawable();
    return { object: 'list', data: models.map((one) => ({ id: stemOf(one), object: 'model' })) };
  }
}
