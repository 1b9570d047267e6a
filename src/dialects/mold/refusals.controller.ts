import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { Needs } from '../../auth/index.js';
import { LargeBody } from '../../bodies/index.js';
import { AppError, Optional } from '../../common/index.js';
import { DescribeRefusal, UnsupportedError } from './errors.js';
import { MoldNames } from './models/names.js';

const CHAINS = new UnsupportedError(
  'Videos are made in one piece here, not in chains of clips: ask /api/generate for one, with frames.',
);

const ORDER = new UnsupportedError(
  'The queue shares its turns fairly among its users: it cannot be paused, and jobs cannot be moved.',
);

const PLACEMENT = new UnsupportedError(
  'What is computed where is for this server to decide: it makes room when there is need.',
);

const SHUTDOWN = new UnsupportedError(
  'This server is stopped and started by whoever runs it, not by its clients.',
);

const ESTIMATES = new UnsupportedError('What a picture will take is not told in advance here.');

const COMPONENTS = new UnsupportedError(
  'Which parts a model is made of is found out by this server, and not told here.',
);

/** Which model is meant. */
export class MoldChainQuery {
  @ApiPropertyOptional()
  @Optional()
  @IsString({ message: 'model must be the name of a model' })
  model?: string;
}

/** 404: as the original answers for models that make no chains. */
class NoChainsError extends AppError {
  constructor(name: string) {
    super(
      'NOT_CHAINABLE',
      404,
      `"${name.slice(0, 200)}" makes no chains of clips. ${CHAINS.message}`,
    );
  }
}

/** What mold does and this server does not: each says why. */
@ApiTags('not here')
@LargeBody()
@Controller('mold/api')
export class MoldRefusalsController {
  constructor(private readonly names: MoldNames) {}

  @Get('capabilities/chain-limits')
  @Needs('system:read')
  @DescribeRefusal('How long chains of clips may be', new NoChainsError('wan2.1:q8'))
  async chainLimits(@Query() { model = '' }: MoldChainQuery): Promise<never> {
    throw new NoChainsError(await this.names.nameOf(await this.names.find(model)));
  }

  @Post(['generate/chain', 'generate/chain/stream'])
  @HttpCode(422)
  @Needs('job:create')
  @DescribeRefusal('A video of several clips', CHAINS)
  chain(): never {
    throw CHAINS;
  }

  @Post('generate/estimate')
  @HttpCode(422)
  @Needs('job:create')
  @DescribeRefusal('What a picture will take', ESTIMATES)
  estimate(): never {
    throw ESTIMATES;
  }

  @Post(['queue/pause', 'queue/resume'])
  @HttpCode(422)
  @Needs('job:cancel')
  @DescribeRefusal('Pause the queue', ORDER)
  pause(): never {
    throw ORDER;
  }

  @Patch('queue/:id')
  @Needs('job:cancel')
  @DescribeRefusal('Move a job', ORDER)
  move(@Param('id') _id: string): never {
    throw ORDER;
  }

  @Get('models/:model/components')
  @Needs('model:read')
  @DescribeRefusal('The parts of a model', COMPONENTS)
  components(@Param('model') _model: string): never {
    throw COMPONENTS;
  }

  @Put('config/model/:model/placement')
  @Needs('system:read')
  @DescribeRefusal('Where a model is computed', PLACEMENT)
  place(@Param('model') _model: string): never {
    throw PLACEMENT;
  }

  @Delete('config/model/:model/placement')
  @Needs('system:read')
  @DescribeRefusal('Forget where a model is computed', PLACEMENT)
  unplace(@Param('model') _model: string): never {
    throw PLACEMENT;
  }

  @Post('shutdown')
  @HttpCode(422)
  @Needs('system:read')
  @DescribeRefusal('Stop the server', SHUTDOWN)
  shutdown(): never {
    throw SHUTDOWN;
  }
}
