import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, can, Needs, type Principal } from '../../../auth/index.js';
import { MoldBatches } from '../batches/batches.service.js';
import { Describe } from '../errors.js';
import { FLAG, object } from '../schemas.js';

const BATCH_LIMIT = {
  type: 'integer',
  minimum: 1,
  description: 'How many requests a batch may have. Absent where there are no batches.',
};

const CAPABILITIES = object(
  {
    gallery: object({ can_delete: FLAG }),
    queue: object(
      {
        can_pause: FLAG,
        can_pause_job: FLAG,
        can_cancel_all: FLAG,
        can_reorder: FLAG,
        cooperative_cancellation: FLAG,
      },
      { heterogeneous_batch_max_outputs: BATCH_LIMIT },
    ),
  },
  {
    durable_media: {
      ...object({
        protocol_version: { const: 2 },
        encrypted_at_rest: FLAG,
        generate_request_media: FLAG,
        identity: FLAG,
        private_h3: FLAG,
      }),
      description: 'What of the pictures that come in with batches is understood.',
    },
  },
);

/** Pictures that come in are kept with their jobs, in the clear. */
const DURABLE_MEDIA = {
  protocol_version: 2,
  encrypted_at_rest: false,
  generate_request_media: true,
  identity: false,
  private_h3: false,
};

@ApiTags('status')
@Controller('mold/api/capabilities')
export class MoldCapabilitiesController {
  constructor(private readonly batches: MoldBatches) {}

  @Get()
  @Needs('system:read')
  @Describe({
    summary: 'What the caller can have done here',
    schema: CAPABILITIES,
    example: {
      gallery: { can_delete: true },
      queue: {
        can_pause: false,
        can_pause_job: false,
        can_cancel_all: true,
        can_reorder: false,
        cooperative_cancellation: true,
        heterogeneous_batch_max_outputs: 64,
      },
      durable_media: DURABLE_MEDIA,
    },
  })
  capabilities(@Caller() caller: Principal) {
    const limit = can(caller, 'job:create') ? this.batches.limit : 0;
    const mayCancel = can(caller, 'job:cancel');
    return {
      gallery: { can_delete: can(caller, 'job:delete') },
      queue: {
        can_pause: false,
        can_pause_job: false,
        can_cancel_all: mayCancel,
        can_reorder: false,
        cooperative_cancellation: mayCancel,
        ...(limit > 0 ? { heterogeneous_batch_max_outputs: limit } : {}),
      },
      ...(limit > 0 ? { durable_media: DURABLE_MEDIA } : {}),
    };
  }
}
