import { Body, Controller, Delete, Get, Header, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Clock } from '../../common/clock.js';
import { apiKeyIds, userIds, type ApiKeyId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { Authenticated } from '../../http/access.decorators.js';
import { answer } from '../../http/answer.js';
import { ApiAnswer, ApiArrayAnswer, ApiFailures, ApiListAnswer } from '../../http/api-answer.decorator.js';
import { ApiIfMatch } from '../../http/api-if-match.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { ListRequests } from '../../http/list-requests.js';
import { etagOf, ExpectedRevision } from '../../http/revision.js';
import { RecentLogin } from '../auth/recent-login.js';
import type { ApiKey } from './api-key.js';
import { ApiKeyManagementService } from './api-key-management.service.js';
import { ApiKeyUsageService } from './api-key-usage.service.js';
import { apiKeyDto, ApiKeyDto, DayOfUseDto, madeApiKeyDto, MadeApiKeyDto } from './dto/api-key.dto.js';
import { CreateApiKeyDto } from './dto/create-api-key.dto.js';
import { ListApiKeysQuery, UsageQuery } from './dto/list-api-keys.query.js';
import { RotateApiKeyDto } from './dto/rotate-api-key.dto.js';
import { patchOf, plainQuota, plainRateLimit, UpdateApiKeyDto } from './dto/update-api-key.dto.js';

const Id = () => Param('id', idPipe(apiKeyIds));
const NoStore = () => Header('Cache-Control', 'no-store');

/** A repeated request learns that there is a key, and never the key. */
const keyShownOnce = (message: string) => ({
  field: 'key',
  message: `${message}; the key itself was in the first answer only`,
});

const absent = 'API_KEY_NOT_FOUND: also the keys of others, without api-keys:manage';
const tooHigh = 'RATE_LIMIT_TOO_HIGH: more than RATE_LIMIT_PRINCIPAL, without api-keys:manage';
const stronger = 'PERMISSION_NOT_HELD: its owner holds what you do not';

/** Your own keys; with api-keys:manage also those of users who hold no more than you do. */
@ApiTags('api-keys')
@ApiBearerAuth()
@Controller('api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeyManagementService,
    private readonly usage: ApiKeyUsageService,
    private readonly lists: ListRequests,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Idempotent({ shownOnce: keyShownOnce('API key created') })
  @Authenticated()
  @RecentLogin()
  @NoStore()
  @ApiOperation({ summary: 'Make a key; it is shown in this answer only' })
  @ApiAnswer(MadeApiKeyDto, { status: 201, message: 'API key created' })
  @ApiFailures({
    400: 'VALIDATION_FAILED or PERMISSION_NOT_FOUND',
    403: `RECENT_LOGIN_REQUIRED, PERMISSION_NOT_HELD or ${tooHigh}`,
    409: 'TOO_MANY_API_KEYS: a user has at most 100 active ones',
  })
  async create(@CurrentPrincipal() principal: Principal, @Body() body: CreateApiKeyDto) {
    const { name, permissions, expiresInDays = 365, allowedIps } = body;
    const made = await this.keys.create(principal, {
      name,
      permissions,
      expiresInDays,
      allowedIps,
      rateLimit: body.rateLimit && plainRateLimit(body.rateLimit),
      quota: body.quota && plainQuota(body.quota),
    });
    return answer('API key created', madeApiKeyDto(made, this.clock.now()));
  }

  @Get()
  @Authenticated()
  @ApiOperation({ summary: 'List your keys, or those of ?userId=' })
  @ApiListAnswer(ApiKeyDto, { message: 'API keys retrieved' })
  @ApiFailures({ 403: "FORBIDDEN: another user's keys need api-keys:manage" })
  async list(@CurrentPrincipal() principal: Principal, @Query() query: ListApiKeysQuery) {
    const userId = query.userId === undefined ? undefined : userIds.parse(query.userId);
    const request = this.lists.read('api-keys', query, 'createdAt');
    const list = await this.keys.list(principal, userId, request);
    const now = this.clock.now();
    return this.lists.answer('API keys retrieved', list, request, (key) => apiKeyDto(key, now));
  }

  @Get(':id')
  @Authenticated()
  @ApiOperation({ summary: 'One key, with an ETag for If-Match' })
  @ApiAnswer(ApiKeyDto, { message: 'API key found' })
  @ApiFailures({ 404: absent })
  async get(
    @CurrentPrincipal() principal: Principal,
    @Id() id: ApiKeyId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.show('API key found', await this.keys.get(principal, id), reply);
  }

  @Patch(':id')
  @Authenticated()
  // It can widen what a key may do and from where, as a new key would.
  @RecentLogin()
  @ApiOperation({ summary: 'Change the fields that are given; null clears' })
  @ApiIfMatch()
  @ApiAnswer(ApiKeyDto, { message: 'API key updated' })
  @ApiFailures({
    400: 'VALIDATION_FAILED or PERMISSION_NOT_FOUND',
    403: `RECENT_LOGIN_REQUIRED, ${tooHigh}, or ${stronger}`,
    404: absent,
    409: 'OWNER_NOT_ACTIVE',
    412: 'PRECONDITION_FAILED',
  })
  async update(
    @CurrentPrincipal() principal: Principal,
    @Id() id: ApiKeyId,
    @Body() body: UpdateApiKeyDto,
    @ExpectedRevision() revision: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const key = await this.keys.update(principal, id, patchOf(body), revision);
    return this.show('API key updated', key, reply);
  }

  @Delete(':id')
  @Authenticated()
  @ApiOperation({ summary: 'Revoke a key: the next request with it is refused' })
  @ApiIfMatch()
  @ApiAnswer(null, { message: 'API key revoked' })
  @ApiFailures({ 403: stronger, 404: absent, 412: 'PRECONDITION_FAILED' })
  async delete(
    @CurrentPrincipal() principal: Principal,
    @Id() id: ApiKeyId,
    @ExpectedRevision() revision: number | undefined,
  ) {
    await this.keys.delete(principal, id, revision);
    return answer('API key revoked', null);
  }

  @Post(':id/rotate')
  @Idempotent({ shownOnce: keyShownOnce('API key rotated') })
  @Authenticated()
  @RecentLogin()
  @NoStore()
  @ApiOperation({
    summary: 'Make a successor with the same rights; both work for overlapHours',
    description:
      'With api-keys:manage also for the key of another user: whoever does it is shown the new key, the audit trail names both, and its owner is told by mail.',
  })
  @ApiAnswer(MadeApiKeyDto, { status: 201, message: 'API key rotated' })
  @ApiFailures({
    403: `RECENT_LOGIN_REQUIRED, or ${stronger}`,
    404: absent,
    409: 'API_KEY_ROTATED, API_KEY_ENDED or TOO_MANY_API_KEYS',
  })
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Id() id: ApiKeyId,
    @Body() { overlapHours = 24 }: RotateApiKeyDto,
  ) {
    const made = await this.keys.rotate(principal, id, overlapHours);
    return answer('API key rotated', madeApiKeyDto(made, this.clock.now()));
  }

  @Get(':id/usage')
  @Authenticated()
  @ApiOperation({ summary: 'Requests a day, the oldest day first; days without any are left out' })
  @ApiArrayAnswer(DayOfUseDto, { message: 'API key usage retrieved' })
  @ApiFailures({ 404: absent })
  async usageOf(
    @CurrentPrincipal() principal: Principal,
    @Id() id: ApiKeyId,
    @Query() { days = 90 }: UsageQuery,
  ) {
    await this.keys.get(principal, id);
    return answer('API key usage retrieved', await this.usage.daysOf(id, days));
  }

  private show(message: string, key: ApiKey, reply: FastifyReply) {
    reply.header('ETag', etagOf(key.revision));
    return answer(message, apiKeyDto(key, this.clock.now()));
  }
}
