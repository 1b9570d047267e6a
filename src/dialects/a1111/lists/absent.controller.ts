import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../../../auth/index.js';
import { Describe } from '../errors.js';
import { EMPTY_LIST, object, SCRIPTS } from './schemas.js';

/** Declares a list of what this server has none of. */
function Empty(path: string, summary: string): MethodDecorator {
  return (target, property, descriptor: PropertyDescriptor) => {
    for (const decorate of [
      Get(path),
      Needs('model:read'),
      Describe({ summary, details: 'There are none here.', schema: EMPTY_LIST, example: [] }),
    ])
      decorate(target, property, descriptor);
  };
}

/** What the original has and this server has not: clients that ask learn so. */
@ApiTags('lists')
@Controller('sdapi/v1')
export class A1111AbsentController {
  @Empty('hypernetworks', 'Hypernetworks')
  hypernetworks(): [] {
    return [];
  }

  @Empty('face-restorers', 'Face restorers')
  faceRestorers(): [] {
    return [];
  }

  @Empty('realesrgan-models', 'RealESRGAN models that can be downloaded')
  realesrganModels(): [] {
    return [];
  }

  @Empty('prompt-styles', 'Styles of prompts')
  promptStyles(): [] {
    return [];
  }

  @Empty('script-info', 'What scripts take')
  scriptInfo(): [] {
    return [];
  }

  @Get('scripts')
  @Needs('model:read')
  @Describe({
    summary: 'Scripts',
    details: 'There are none here; of the scripts that are always on, ControlNet is understood.',
    schema: SCRIPTS,
    example: { txt2img: [], img2img: [] },
  })
  scripts() {
    return { txt2img: [], img2img: [] };
  }

  @Get('cmd-flags')
  @Needs('model:read')
  @Describe({
    summary: 'How the server was started',
    schema: object({ api: { type: 'boolean' }, nowebui: { type: 'boolean' } }),
    example: { api: true, nowebui: true },
  })
  flags() {
    return { api: true, nowebui: true };
  }
}
