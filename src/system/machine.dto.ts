import { ApiProperty } from '@nestjs/swagger';

const BYTES = { type: 'integer', minimum: 0, description: 'Bytes.' } as const;
const SECONDS = { type: 'integer', minimum: 0, description: 'Seconds.' } as const;

class CpuDto {
  @ApiProperty()
  model!: string;

  @ApiProperty({ type: 'integer', description: 'Threads that may run at once.' })
  cores!: number;

  @ApiProperty({ description: 'Average number of busy threads in the last minute.' })
  load!: number;
}

class MemoryDto {
  @ApiProperty(BYTES)
  total!: number;

  @ApiProperty(BYTES)
  free!: number;
}

class ProcessDto {
  @ApiProperty({ type: 'integer' })
  pid!: number;

  @ApiProperty(SECONDS)
  uptime!: number;

  @ApiProperty({ ...BYTES, description: 'Resident memory in bytes.' })
  memory!: number;

  @ApiProperty({ ...BYTES, description: 'JavaScript objects in bytes.' })
  heap!: number;

  @ApiProperty({ description: 'Seconds of processor time since the start.' })
  cpu_seconds!: number;
}

export class DiskDto extends MemoryDto {
  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The data folder; null for callers without `system:manage`.',
  })
  path!: string | null;
}

class DeviceDto {
  @ApiProperty({ example: 'CPU' })
  name!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ enum: ['cpu', 'gpu', 'igpu', 'accelerator', 'other'] })
  type!: string;

  @ApiProperty({ ...BYTES, description: 'Bytes; 0 where the driver does not say.' })
  memory_total!: number;

  @ApiProperty({
    ...BYTES,
    description: 'Bytes when the engine started; 0 where the driver does not say.',
  })
  memory_free!: number;
}

export class EngineDto {
  @ApiProperty()
  available!: boolean;

  @ApiProperty({ required: false, description: 'Why there is none.' })
  problem?: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Its own process, if it has one.' })
  pid!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Resident memory of its process in bytes.',
  })
  memory!: number | null;

  @ApiProperty({ type: 'integer', description: 'How often its process had to be replaced.' })
  restarts!: number;

  @ApiProperty({ required: false })
  name?: string;

  @ApiProperty({ required: false })
  version?: string;

  @ApiProperty({ required: false })
  commit?: string;

  @ApiProperty({ required: false, description: 'What it was built for, in its own words.' })
  features?: string;

  @ApiProperty({ type: 'integer', required: false })
  physical_cores?: number;

  @ApiProperty({ type: [DeviceDto], required: false })
  devices?: DeviceDto[];
}

export class SystemDto {
  @ApiProperty({ description: 'Version of Node.js.' })
  node!: string;

  @ApiProperty()
  platform!: string;

  @ApiProperty()
  release!: string;

  @ApiProperty()
  arch!: string;

  @ApiProperty({ ...SECONDS, description: 'Seconds since the machine started.' })
  uptime!: number;

  @ApiProperty({ type: CpuDto })
  cpu!: CpuDto;

  @ApiProperty({ type: MemoryDto })
  memory!: MemoryDto;

  @ApiProperty({ type: ProcessDto, description: 'The server itself.' })
  process!: ProcessDto;

  @ApiProperty({ type: DiskDto })
  disk!: DiskDto;

  @ApiProperty({ type: EngineDto })
  engine!: EngineDto;
}

export class SystemReplyDto {
  @ApiProperty({ type: SystemDto })
  system!: SystemDto;
}

const GIB = 2 ** 30;

/** A machine, for the description of the API. */
export const EXAMPLE_SYSTEM: SystemDto = {
  node: 'v24.21.0',
  platform: 'linux',
  release: '6.12.0',
  arch: 'x64',
  uptime: 86_400,
  cpu: { model: 'AMD EPYC 9654', cores: 16, load: 3.2 },
  memory: { total: 64 * GIB, free: 31 * GIB },
  process: { pid: 4711, uptime: 3600, memory: 180_000_000, heap: 90_000_000, cpu_seconds: 42.5 },
  disk: { path: '/var/lib/atelier', total: 500 * GIB, free: 320 * GIB },
  engine: {
    available: true,
    pid: 4720,
    memory: 2_400_000_000,
    restarts: 0,
    name: 'stable-diffusion.cpp',
    version: 'master-300',
    commit: '9838264',
    features: 'AVX2 = 1',
    physical_cores: 8,
    devices: [
      {
        name: 'CPU',
        description: 'AMD EPYC 9654',
        type: 'cpu',
        memory_total: 64 * GIB,
        memory_free: 31 * GIB,
      },
    ],
  },
};
