import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Caller, Needs, type Principal } from '../auth/index.js';
import { GenerateService } from './generate.service.js';

export interface Accepted {
  request_id: string;
  status: 'queued';
  message: string;
}

/** Seed stable-diffusion-cpp-rest, "Image Generation". */
@Controller('api/generate')
export class GenerateController {
  constructor(private readonly generate: GenerateService) {}

  @Post('text2img')
  @HttpCode(202)
  @Needs('job:create')
  async text2img(@Caller() caller: Principal, @Body() body: unknown): Promise<Accepted> {
    const id = await this.generate.submit(caller, body);
    return { request_id: id, status: 'queued', message: 'Generation request queued successfully' };
  }
}
