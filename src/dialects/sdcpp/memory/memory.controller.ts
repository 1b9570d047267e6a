import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../../../auth/index.js';
import { Describe } from '../errors.js';
import { SdcppMemoryDto, type Room } from './memory.dto.js';
import { SdcppMemory } from './memory.service.js';

const ROOM: Room = {
  total_bytes: 68_719_476_736,
  used_bytes: 17_179_869_184,
  free_bytes: 51_539_607_552,
  total_mb: 65_536,
  used_mb: 16_384,
  free_mb: 49_152,
  usage_percent: 25,
};

const NOTHING: Room = {
  total_bytes: 0,
  used_bytes: 0,
  free_bytes: 0,
  total_mb: 0,
  used_mb: 0,
  free_mb: 0,
  usage_percent: 0,
};

@ApiTags('health')
@Controller('sdcpp/memory')
export class SdcppMemoryController {
  constructor(private readonly memory: SdcppMemory) {}

  @Get()
  @Needs('system:read')
  @Describe({
    summary: 'Memory of the machine, of the server with its engine, and of its graphics card',
    details: 'Of a graphics card, what was free when the engine started.',
    reply: SdcppMemoryDto,
    example: {
      system: ROOM,
      process: {
        rss_bytes: 2_147_483_648,
        virtual_bytes: 4_294_967_296,
        rss_mb: 2048,
        virtual_mb: 4096,
      },
      gpu: { available: false, name: '', ...NOTHING },
    },
  })
  look(): Promise<SdcppMemoryDto> {
    return this.memory.look();
  }
}
