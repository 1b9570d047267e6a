import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  Length,
  ValidateIf,
} from 'class-validator';
import {
  Instant,
  LAST_SECOND,
  MessageDto,
  Optional,
  PageDto,
  pageQuery,
  unixSeconds,
} from '../common/index.js';
import type { ApiKey } from './api-key.entity.js';
import { PERMISSIONS, type Permission } from './permissions.js';

export class CreateApiKeyDto {
  @ApiProperty({ minLength: 1, maxLength: 100, example: 'nightly build' })
  @Length(1, 100, { message: 'name must be a text of 1 to 100 characters' })
  name!: string;

  @ApiProperty({
    required: false,
    enum: PERMISSIONS,
    isArray: true,
    minItems: 1,
    uniqueItems: true,
    example: ['job:create', 'job:read'],
    description:
      'Default: all that the caller may do, except to manage the account and to make and revoke keys.',
  })
  @Optional()
  @IsArray({ message: 'scopes must be a list of permissions' })
  @ArrayMinSize(1, { message: 'scopes must name at least one permission' })
  @ArrayUnique({ message: 'scopes must name each permission once' })
  @IsIn(PERMISSIONS, {
    each: true,
    message: `scopes must be a list of permissions, of which there are: ${PERMISSIONS.join(', ')}`,
  })
  scopes?: Permission[];

  @ApiProperty({
    required: false,
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: LAST_SECOND,
    example: 1_893_456_000,
    description:
      'Unix time in seconds; null: never. Default: never, or with the key that makes this one.',
  })
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @Instant()
  expires_at?: number | null;

  @ApiProperty({
    required: false,
    default: false,
    description:
      'Whether its holder, a front such as Open WebUI, may name the person it asks for (`X-OpenWebUI-User-Id`, or `X-Atelier-User`), who then has a queue and pictures of their own. Needs `user:manage`.',
  })
  @Optional()
  @IsBoolean({ message: 'delegates must be true or false' })
  delegates?: boolean;
}

const STATES = ['active', 'expired', 'revoked'] as const;

export class ApiKeyQuery extends pageQuery(['created', 'name', 'last_used', 'expires'], {
  sort_by: 'created',
  sort_order: 'desc',
}) {
  @ApiProperty({
    required: false,
    minLength: 1,
    maxLength: 36,
    description: 'Id of a user, or `all`: for administrators. Default: the caller.',
  })
  @Optional()
  @Length(1, 36, { message: 'owner must be the id of a user, or all' })
  owner?: string;

  @ApiProperty({ required: false, enum: STATES })
  @Optional()
  @IsIn(STATES, { message: `state must be one of ${STATES.join(', ')}` })
  state?: (typeof STATES)[number];
}

export class ApiKeyOwnerDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  username!: string;
}

/** A key without its secret. */
export class ApiKeyDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ description: 'How the key begins.' })
  prefix!: string;

  @ApiProperty({ enum: PERMISSIONS, isArray: true })
  scopes!: Permission[];

  @ApiProperty({ type: ApiKeyOwnerDto })
  owner!: ApiKeyOwnerDto;

  @ApiProperty({ description: 'Whether its holder may say for whom it asks.' })
  delegates!: boolean;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  created_at!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Unix time in seconds; null: never.',
  })
  expires_at!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Unix time in seconds, exact to a minute; null: never.',
  })
  last_used_at!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Unix time in seconds; null: it was not.',
  })
  revoked_at!: number | null;
}

export class CreatedApiKeyDto extends MessageDto {
  @ApiProperty({ description: 'For the header `X-API-Key`; shown only this once.' })
  key!: string;

  @ApiProperty({ type: ApiKeyDto })
  api_key!: ApiKeyDto;
}

export class ApiKeyPageDto extends PageDto {
  @ApiProperty({ type: [ApiKeyDto] })
  keys!: ApiKeyDto[];
}

function secondsOf(date: Date | null): number | null {
  return date && unixSeconds(date);
}

export function toApiKey(key: ApiKey): ApiKeyDto {
  const { id, name, prefix, scopes, owner, delegates } = key;
  return {
    id,
    name,
    prefix,
    scopes,
    owner: { id: owner.id, username: owner.username },
    delegates,
    created_at: unixSeconds(key.createdAt),
    expires_at: secondsOf(key.expiresAt),
    last_used_at: secondsOf(key.lastUsedAt),
    revoked_at: secondsOf(key.revokedAt),
  };
}

/** A key in the description of the API. */
export const EXAMPLE_API_KEY: ApiKeyDto = {
  id: 'e1b7c9d3-4f60-4a28-b5d1-9c8e7f6a5b40',
  name: 'nightly build',
  prefix: 'atk_k3v9x0q2ma',
  scopes: ['job:create', 'job:read'],
  owner: { id: '5f0d2c1e-93a4-4b8e-8a6f-3f1d7b6c2a10', username: 'ada' },
  delegates: false,
  created_at: 1_763_700_000,
  expires_at: 1_893_456_000,
  last_used_at: null,
  revoked_at: null,
};
