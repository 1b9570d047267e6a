import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe, MessageDto, pageInfo } from '../common/index.js';
import { Needs } from './access.js';
import { AuditService } from './audit.service.js';
import { SessionNotFoundError } from './auth-errors.js';
import { Client, type LoginClient } from './client.js';
import { Caller, type Principal } from './principal.js';
import {
  EXAMPLE_SESSION,
  RevokedSessionsDto,
  SessionPageDto,
  SessionQuery,
  toSession,
} from './session.dto.js';
import { SessionService } from './session.service.js';

/** The caller's own log ins. */
@ApiTags('auth')
@Controller('api/auth/sessions')
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly audit: AuditService,
  ) {}

  @Get()
  @Needs('account:read')
  @Describe({
    summary: 'List the own log ins',
    reply: SessionPageDto,
    example: { sessions: [EXAMPLE_SESSION], total: 1, page: 1, limit: 50, total_pages: 1 },
  })
  async list(@Caller() caller: Principal, @Query() query: SessionQuery): Promise<SessionPageDto> {
    const [sessions, total] = await this.sessions.list(caller, query);
    return {
      sessions: sessions.map((session) => toSession(session, caller.sessionId)),
      ...pageInfo(query, total),
    };
  }

  @Delete(':id')
  @Needs('account:manage')
  @Describe({
    summary: 'End one of the own log ins',
    reply: MessageDto,
    example: { message: 'Session revoked successfully' },
    errors: [new SessionNotFoundError()],
  })
  async revoke(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Client() { address }: LoginClient,
  ): Promise<MessageDto> {
    await this.sessions.revokeOwn(caller, id);
    const target = { type: 'session', id };
    await this.audit.record({ action: 'session.revoked', actor: caller, target, address });
    return { message: 'Session revoked successfully' };
  }

  @Delete()
  @Needs('account:manage')
  @Describe({
    summary: 'Log out everywhere else',
    details: 'Ends all log ins but the one that asks; all, where it asks with another credential.',
    reply: RevokedSessionsDto,
    example: { message: 'Other sessions revoked successfully', revoked: 2 },
  })
  async revokeOthers(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
  ): Promise<RevokedSessionsDto> {
    const revoked = await this.sessions.revokeAll(caller.userId, caller.sessionId);
    const details = { revoked };
    await this.audit.record({ action: 'session.revoked_others', actor: caller, details, address });
    return { message: 'Other sessions revoked successfully', revoked };
  }
}
