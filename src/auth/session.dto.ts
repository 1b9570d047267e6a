import { ApiProperty } from '@nestjs/swagger';
import { MessageDto, PageDto, pageQuery, unixSeconds } from '../common/index.js';
import { SESSION_METHODS, type Session, type SessionMethod } from './session.entity.js';

export class SessionQuery extends pageQuery(['created', 'expires'], {
  sort_by: 'created',
  sort_order: 'desc',
}) {}

/** A log in as its user sees it. */
export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'Whether it is the one that asks.' })
  current!: boolean;

  @ApiProperty({ enum: SESSION_METHODS })
  method!: SessionMethod;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  created_at!: number;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  expires_at!: number;

  @ApiProperty({ type: 'string', nullable: true, description: 'Where the log in came from.' })
  address!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  user_agent!: string | null;
}

export class SessionPageDto extends PageDto {
  @ApiProperty({ type: [SessionDto] })
  sessions!: SessionDto[];
}

export class RevokedSessionsDto extends MessageDto {
  @ApiProperty({ type: 'integer', description: 'How many were ended.' })
  revoked!: number;
}

export function toSession(session: Session, currentId: string | undefined): SessionDto {
  return {
    id: session.id,
    current: session.id === currentId,
    method: session.method,
    created_at: unixSeconds(session.createdAt),
    expires_at: unixSeconds(session.expiresAt),
    address: session.address,
    user_agent: session.userAgent,
  };
}

/** A session in the description of the API. */
export const EXAMPLE_SESSION: SessionDto = {
  id: '2c5a1d7e-0b9f-4c36-9a41-7f2e8d6b5c13',
  current: true,
  method: 'jwt',
  created_at: 1_763_700_000,
  expires_at: 1_763_786_400,
  address: '192.0.2.7',
  user_agent: 'curl/8.5.0',
};
