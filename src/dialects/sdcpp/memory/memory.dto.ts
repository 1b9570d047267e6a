import { ApiProperty } from '@nestjs/swagger';

const BYTES = { type: 'integer', description: 'Bytes.' } as const;
const MIBS = { type: 'integer', description: 'MiB.' } as const;

/** How much there is of some memory, and how much of it is taken. */
export interface Room {
  total_bytes: number;
  used_bytes: number;
  free_bytes: number;
  total_mb: number;
  used_mb: number;
  free_mb: number;
  usage_percent: number;
}

export class SdcppRoomDto implements Room {
  @ApiProperty(BYTES)
  total_bytes!: number;

  @ApiProperty(BYTES)
  used_bytes!: number;

  @ApiProperty(BYTES)
  free_bytes!: number;

  @ApiProperty(MIBS)
  total_mb!: number;

  @ApiProperty(MIBS)
  used_mb!: number;

  @ApiProperty(MIBS)
  free_mb!: number;

  @ApiProperty({ minimum: 0, maximum: 100 })
  usage_percent!: number;
}

export class SdcppProcessMemoryDto {
  @ApiProperty(BYTES)
  rss_bytes!: number;

  @ApiProperty({ ...BYTES, description: 'Bytes; 0 where the system does not tell.' })
  virtual_bytes!: number;

  @ApiProperty(MIBS)
  rss_mb!: number;

  @ApiProperty(MIBS)
  virtual_mb!: number;
}

export class SdcppDeviceMemoryDto extends SdcppRoomDto {
  @ApiProperty({ description: 'Whether the engine computes on another device than the CPU.' })
  available!: boolean;

  @ApiProperty({ description: 'Empty where there is none.' })
  name!: string;
}

export class SdcppMemoryDto {
  @ApiProperty({ type: SdcppRoomDto })
  system!: SdcppRoomDto;

  @ApiProperty({ type: SdcppProcessMemoryDto })
  process!: SdcppProcessMemoryDto;

  @ApiProperty({ type: SdcppDeviceMemoryDto })
  gpu!: SdcppDeviceMemoryDto;
}
