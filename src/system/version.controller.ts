import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/index.js';
import { Describe, readBuildInfo, VERSION, type BuildInfo } from '../common/index.js';

class CommitDto {
  @ApiProperty()
  short!: string;

  @ApiProperty()
  full!: string;
}

export class VersionDto implements BuildInfo {
  @ApiProperty()
  version!: string;

  @ApiProperty({ enum: ['release', 'development'] })
  type!: BuildInfo['type'];

  @ApiProperty({ type: CommitDto })
  commit!: CommitDto;

  @ApiProperty()
  branch!: string;

  @ApiProperty({ description: 'No file differed from the commit.' })
  clean!: boolean;

  @ApiProperty({ format: 'date-time' })
  build_time!: string;
}

/** Seed stable-diffusion-cpp-rest, "System Information". */
@ApiTags('system')
@Controller('api/version')
export class VersionController {
  private info: Promise<BuildInfo> | undefined;

  @Get()
  @Public()
  @Describe({
    summary: 'Which version this is, and of what it was built',
    reply: VersionDto,
    example: {
      version: '1.0.0',
      type: 'release',
      commit: { short: 'abc1234', full: 'abc1234567890abcdef' },
      branch: 'main',
      clean: true,
      build_time: '2024-01-01T12:00:00Z',
    },
  })
  async version(): Promise<VersionDto> {
    this.info ??= readBuildInfo();
    return { version: VERSION, ...(await this.info) };
  }
}
