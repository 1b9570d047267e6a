import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe, MessageDto, pageInfo } from '../common/index.js';
import { Needs } from './access.js';
import {
  ApiKeyPageDto,
  ApiKeyQuery,
  CreateApiKeyDto,
  CreatedApiKeyDto,
  EXAMPLE_API_KEY,
  toApiKey,
} from './api-key.dto.js';
import { ApiKeyService } from './api-key.service.js';
import { ApiKeyNotFoundError, InsufficientPermissionsError } from './auth-errors.js';
import { Client, type LoginClient } from './client.js';
import { Caller, can, type Principal } from './principal.js';

const CREATED = 'Keep this key now: it is not shown again.';

function ownerIn(caller: Principal, { owner = caller.userId }: ApiKeyQuery): string | undefined {
  if (owner === caller.userId) return owner;
  if (!can(caller, 'key:read_all'))
    throw new InsufficientPermissionsError('key:read_all', caller.via);
  return owner === 'all' ? undefined : owner;
}

@ApiTags('auth')
@Controller('api/auth/keys')
export class ApiKeyController {
  constructor(private readonly keys: ApiKeyService) {}

  @Post()
  @Needs('key:create')
  @Describe({
    summary: 'Make an API key',
    details:
      'It holds no more than the caller does, and less as soon as its owner does. One that is made by a key lasts no longer than that key.',
    status: 201,
    reply: CreatedApiKeyDto,
    example: {
      key: `${EXAMPLE_API_KEY.prefix}_pT4mVn0sYq8Lw2Ke6Rz1Hx5Ub9Gd3Jf7Ac0Oi4SlQkE`,
      api_key: EXAMPLE_API_KEY,
      message: CREATED,
    },
  })
  async create(
    @Caller() caller: Principal,
    @Body() body: CreateApiKeyDto,
    @Client() { address }: LoginClient,
  ): Promise<CreatedApiKeyDto> {
    const { key, apiKey } = await this.keys.create(caller, body, address);
    return { key, api_key: toApiKey(apiKey), message: CREATED };
  }

  @Get()
  @Needs('key:read')
  @Describe({
    summary: 'List API keys',
    reply: ApiKeyPageDto,
    example: { keys: [EXAMPLE_API_KEY], total: 1, page: 1, limit: 50, total_pages: 1 },
  })
  async list(@Caller() caller: Principal, @Query() query: ApiKeyQuery): Promise<ApiKeyPageDto> {
    const [keys, total] = await this.keys.list(ownerIn(caller, query), query);
    return { keys: keys.map(toApiKey), ...pageInfo(query, total) };
  }

  @Delete(':id')
  @Needs('key:revoke')
  @Describe({
    summary: 'Revoke an API key',
    details: "An own one, or anybody's for administrators. It is refused from now on.",
    reply: MessageDto,
    example: { message: 'API key revoked successfully' },
    errors: [new ApiKeyNotFoundError()],
  })
  async revoke(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Client() { address }: LoginClient,
  ): Promise<MessageDto> {
    await this.keys.revoke(caller, id, address);
    return { message: 'API key revoked successfully' };
  }
}
