import { ApiProperty } from '@nestjs/swagger';
import { IsUUID, Length, Matches } from 'class-validator';
import {
  Instant,
  LAST_SECOND,
  Optional,
  PageDto,
  pageQuery,
  unixSeconds,
} from '../common/index.js';
import type { AuditDetails, AuditEntry } from './audit.entity.js';
import { VIAS, type Via } from './principal.js';

const ACTION = /^[a-z_]{1,32}(\.[a-z_]{1,31})?$/;

export class AuditQuery extends pageQuery(['time'], { sort_by: 'time', sort_order: 'desc' }) {
  @ApiProperty({
    required: false,
    pattern: ACTION.source,
    description: 'An action such as `login.failed`, or the first half of several, such as `login`.',
  })
  @Optional()
  @Matches(ACTION, { message: 'action must be a name such as login.failed, or its first half' })
  action?: string;

  @ApiProperty({ required: false, format: 'uuid', description: 'Who did it.' })
  @Optional()
  @IsUUID(undefined, { message: 'actor_id must be the id of a user' })
  actor_id?: string;

  @ApiProperty({ required: false, minLength: 1, maxLength: 64, description: 'Username of that.' })
  @Optional()
  @Length(1, 64, { message: 'actor must be a username' })
  actor?: string;

  @ApiProperty({ required: false, minLength: 1, maxLength: 32, example: 'user' })
  @Optional()
  @Length(1, 32, { message: 'target_type must be a text of 1 to 32 characters' })
  target_type?: string;

  @ApiProperty({ required: false, minLength: 1, maxLength: 64 })
  @Optional()
  @Length(1, 64, { message: 'target_id must be a text of 1 to 64 characters' })
  target_id?: string;

  @ApiProperty({ required: false, minLength: 1, maxLength: 64, example: '192.0.2.7' })
  @Optional()
  @Length(1, 64, { message: 'address must be a text of 1 to 64 characters' })
  address?: string;

  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    maximum: LAST_SECOND,
    description: 'First moment, in Unix seconds.',
  })
  @Optional()
  @Instant()
  from?: number;

  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    maximum: LAST_SECOND,
    description: 'Last moment, in Unix seconds.',
  })
  @Optional()
  @Instant()
  to?: number;
}

export class AuditActorDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  username!: string;

  @ApiProperty({ enum: VIAS, description: 'How they proved who they are.' })
  via!: Via;
}

export class AuditTargetDto {
  @ApiProperty({ example: 'user' })
  type!: string;

  @ApiProperty({ type: 'string', nullable: true })
  id!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  name!: string | null;
}

export class AuditEntryDto {
  @ApiProperty({ type: 'integer', description: 'Grows with time.' })
  id!: number;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  time!: number;

  @ApiProperty({ example: 'login.failed' })
  action!: string;

  @ApiProperty({
    type: AuditActorDto,
    nullable: true,
    description: 'Null where nobody is proven to have done it.',
  })
  actor!: AuditActorDto | null;

  @ApiProperty({ type: AuditTargetDto, nullable: true })
  target!: AuditTargetDto | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'What else is told of it; never a secret.',
  })
  details!: AuditDetails | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'IP address, or `unix:<uid>` for the Unix socket.',
  })
  address!: string | null;
}

export class AuditPageDto extends PageDto {
  @ApiProperty({ type: [AuditEntryDto] })
  entries!: AuditEntryDto[];
}

export function toAuditEntry(entry: AuditEntry): AuditEntryDto {
  const { actorId, actorName, via, targetType, targetId, targetName } = entry;
  return {
    id: entry.sequence,
    time: unixSeconds(entry.createdAt),
    action: entry.action,
    actor: actorId && actorName && via ? { id: actorId, username: actorName, via } : null,
    target: targetType ? { type: targetType, id: targetId, name: targetName } : null,
    details: entry.details,
    address: entry.address,
  };
}

/** An entry in the description of the API. */
export const EXAMPLE_ENTRY: AuditEntryDto = {
  id: 17,
  time: 1_763_700_000,
  action: 'user.updated',
  actor: { id: '9c1d6b0e-5a43-4d0f-8f5e-2b7a1c3d4e5f', username: 'admin', via: 'jwt' },
  target: { type: 'user', id: '5f0d2c1e-93a4-4b8e-8a6f-3f1d7b6c2a10', name: 'ada' },
  details: { disabled: true },
  address: '192.0.2.7',
};
