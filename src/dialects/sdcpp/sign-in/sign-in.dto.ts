import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length, MaxLength } from 'class-validator';
import { Optional } from '../../../common/index.js';

export class SdcppLoginDto {
  @ApiProperty({ minLength: 1, maxLength: 64, example: 'admin' })
  @Length(1, 64, { message: 'username must be a text of 1 to 64 characters' })
  username!: string;

  @ApiProperty({ minLength: 1, maxLength: 1024, example: 'correct horse battery staple' })
  @Length(1, 1024, { message: 'password must be a text of 1 to 1024 characters' })
  password!: string;
}

export class SdcppTokenDto {
  @ApiProperty({
    description: 'For the header `Authorization: Bearer <token>`; also in the cookie.',
  })
  token!: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type!: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  expires_at!: number;

  @ApiProperty({ example: 'admin' })
  username!: string;
}

/** What was done, for whoever reads it. */
export class SdcppDoneDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty()
  message!: string;
}

export class SdcppSignInQuery {
  @ApiPropertyOptional({ maxLength: 2000, description: 'The path to go to afterwards.' })
  @Optional()
  @IsString({ message: 'redirect must be a path' })
  @MaxLength(2000, { message: 'redirect must be a path of at most 2000 characters' })
  redirect?: string;
}
