import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { Optional } from '../../../common/index.js';

const MINUTES = { type: 'integer', minimum: 1, maximum: 1440 } as const;

const MINUTES_MESSAGE = 'timeout_minutes must be a whole number from 1 to 1440';

export class SdcppIdleRuleDto {
  @ApiProperty()
  enabled!: boolean;

  @ApiProperty({ ...MINUTES, description: 'Minutes without use.' })
  timeout_minutes!: number;
}

export class SdcppAutoUnloadDto {
  @ApiProperty({ type: SdcppIdleRuleDto, description: 'Models that draw.' })
  main!: SdcppIdleRuleDto;

  @ApiProperty({ type: SdcppIdleRuleDto, description: 'Models that enlarge.' })
  upscaler!: SdcppIdleRuleDto;

  @ApiProperty({ type: SdcppIdleRuleDto, description: 'There are none here.' })
  adetailer!: SdcppIdleRuleDto;
}

export class SdcppIdleRuleChangesDto {
  @ApiPropertyOptional()
  @Optional()
  @IsBoolean({ message: 'enabled must be true or false' })
  enabled?: boolean;

  @ApiPropertyOptional(MINUTES)
  @Optional()
  @IsInt({ message: MINUTES_MESSAGE })
  @Min(1, { message: MINUTES_MESSAGE })
  @Max(1440, { message: MINUTES_MESSAGE })
  timeout_minutes?: number;
}

function Rule(): PropertyDecorator {
  return (target, property) => {
    ApiPropertyOptional({ type: SdcppIdleRuleChangesDto })(target, property);
    Optional()(target, property);
    IsObject({ message: '$property must be an object' })(target, property);
    ValidateNested()(target, property);
    Type(() => SdcppIdleRuleChangesDto)(target, property);
  };
}

export class SdcppAutoUnloadChangesDto {
  @Rule()
  main?: SdcppIdleRuleChangesDto;

  @Rule()
  upscaler?: SdcppIdleRuleChangesDto;

  @Rule()
  adetailer?: SdcppIdleRuleChangesDto;
}
