import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe, pageInfo } from '../common/index.js';
import { Needs } from './access.js';
import { AuditPageDto, AuditQuery, EXAMPLE_ENTRY, toAuditEntry } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('audit')
@Controller('api/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Needs('audit:read')
  @Describe({
    summary: 'Who did what, and when',
    reply: AuditPageDto,
    example: { entries: [EXAMPLE_ENTRY], total: 1, page: 1, limit: 50, total_pages: 1 },
  })
  async list(@Query() query: AuditQuery): Promise<AuditPageDto> {
    const [entries, total] = await this.audit.list(query);
    return { entries: entries.map(toAuditEntry), ...pageInfo(query, total) };
  }
}
