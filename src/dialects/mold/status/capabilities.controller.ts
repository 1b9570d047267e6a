import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, can, Needs, type Principal } from '../../../auth/index.js';
import { Describe } from '../errors.js';
import { FLAG, object } from '../schemas.js';

const CAPABILITIES = object({
  gallery: object({ can_delete: FLAG }),
  queue: object({
    can_pause: FLAG,
    can_pause_job: FLAG,
    can_cancel_all: FLAG,
    can_reorder: FLAG,
    cooperative_cancellation: FLAG,
  }),
});

@ApiTags('status')
@Controller('mold/api/capabilities')
export class MoldCapabilitiesController {
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
      },
    },
  })
  capabilities(@Caller() caller: Principal) {
    const mayCancel = can(caller, 'job:cancel');
    return {
      gallery: { can_delete: can(caller, 'job:delete') },
      queue: {
        can_pause: false,
        can_pause_job: false,
        can_cancel_all: mayCancel,
        can_reorder: false,
        cooperative_cancellation: mayCancel,
      },
    };
  }
}
