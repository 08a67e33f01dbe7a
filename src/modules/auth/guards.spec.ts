import { Controller, Get } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../common/domain-error.js';
import { apiKeyIds, sessionIds, userIds } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { Authenticated, Probe, Public, RequirePermission } from '../../http/access.decorators.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { EventStreams } from '../../http/event-streams.js';
import { HttpCaches } from '../../http/http-cache/http-caches.js';
import { HttpModule } from '../../http/http.module.js';
import { ClockModule } from '../../infrastructure/clock.module.js';
import { ConfigModule } from '../../config/config.module.js';
import { RequestLimits } from '../rate-limits/request-limits.js';
import { AccessTokens } from './access-tokens.js';
import { AuthenticateGuard } from './authenticate.guard.js';
import { ApiKeyAuthentication } from '../api-keys/api-key-authentication.js';
import { Authentication } from './authentication.js';
import { PermissionGuard } from './permission.guard.js';
import { PrincipalService } from './principal.service.js';
import { PublicRequests } from './public-requests.js';

const userId = userIds.parse('665f1c2e9b1e8a0012345678');
const sessionId = sessionIds.parse('665f1c2e9b1e8a0012345679');
const keyId = apiKeyIds.parse('665f1c2e9b1e8a001234567a');

const user: Principal = { kind: 'user', userId, sessionId, permissions: new Set(['users:read']) };
const warm: Principal = { ...user };
const apiKey: Principal = { kind: 'apiKey', userId, keyId, permissions: new Set(['queues:enqueue']) };

const unlimited = { byAddress: () => true, byPrincipal: () => true, byFailure: async () => undefined };

@Controller()
class Routes {
  @Get('nothing')
  nothing(): string {
    return 'reached';
  }

  @Get('public')
  @Public()
  open(): string {
    return 'reached';
  }

  @Get('probe')
  @Probe()
  probe(): string {
    return 'reached';
  }

  @Get('me')
  @Authenticated()
  me(@CurrentPrincipal() principal: Principal): string {
    return principal.userId;
  }

  @Get('me-by-key')
  @Authenticated({ apiKey: true })
  meByKey(@CurrentPrincipal() principal: Principal): string {
    return principal.userId;
  }

  @Get('users')
  @RequirePermission('users:read')
  users(): string {
    return 'reached';
  }

  @Get('jobs')
  @RequirePermission('queues:read', 'queues:enqueue')
  jobs(): string {
    return 'reached';
  }
}

@Controller('inherited')
@RequirePermission('audit:read')
class DeclaredByController {
  @Get()
  list(): string {
    return 'reached';
  }

  @Get('open')
  @Public()
  open(): string {
    return 'reached';
  }
}

describe('the guards of access', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [ClockModule, ConfigModule, HttpModule],
      controllers: [Routes, DeclaredByController],
      providers: [
        { provide: AccessTokens, useValue: { known, verify: async (token: string) => verify(token) } },
        {
          provide: PrincipalService,
          useValue: {
            known: (principal: Principal) => (principal === warm ? principal : undefined),
            principalOf: async (principal: Principal) => principal,
          },
        },
        { provide: ApiKeyAuthentication, useValue: { principalOf: refuseKey } },
        Authentication,
        PublicRequests,
        { provide: RequestLimits, useValue: unlimited },
        { provide: APP_GUARD, useClass: AuthenticateGuard },
        { provide: APP_GUARD, useClass: PermissionGuard },
      ],
    })
      // Neither streams, signals nor caches here.
      .overrideProvider(EventStreams)
      .useValue({})
      .overrideProvider(HttpCaches)
      .useValue({})
      .compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
  });

  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = {}) => app.inject({ url: path, headers });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('refuses a handler that declares nothing, whoever asks', async () => {
    for (const headers of [{}, bearer('user')]) {
      const reply = await get('/nothing', headers);
      expect(reply.statusCode).toBe(403);
      expect(reply.json()).toMatchObject({ success: false, code: 'ACCESS_NOT_DECLARED' });
    }
  });

  it.each(['/public', '/probe', '/inherited/open'])(
    'lets everybody in to %s, whatever the credentials',
    async (path) => {
      for (const headers of [{}, bearer('forged'), { ...bearer('user'), 'x-api-key': 'sk_x' }]) {
        expect((await get(path, headers)).body).toBe('reached');
      }
    },
  );

  it.each(['/me', '/users', '/inherited'])('asks %s who it is', async (path) => {
    for (const headers of [{}, bearer('forged')]) {
      const reply = await get(path, headers);
      expect(reply.statusCode).toBe(401);
      expect(reply.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('takes one kind of credentials', async () => {
    expect((await get('/me', { ...bearer('user'), 'x-api-key': 'sk_x' })).statusCode).toBe(400);
    const reply = await get('/me', { 'x-api-key': 'sk_x' });
    expect([reply.statusCode, reply.json().message]).toEqual([401, 'Invalid API key']);
  });

  it('hands the principal to the handler, read from the database or known', async () => {
    expect((await get('/me', bearer('user'))).body).toBe(userId);
    expect((await get('/me', bearer('warm'))).body).toBe(userId);
  });

  it('keeps keys from what asks for a login, unless the handler takes them', async () => {
    const reply = await get('/me', bearer('key'));
    expect([reply.statusCode, reply.json().code]).toEqual([403, 'SESSION_REQUIRED']);
    expect((await get('/me-by-key', bearer('key'))).body).toBe(userId);
  });

  it('asks for the permission, and names what is missing', async () => {
    expect((await get('/users', bearer('user'))).body).toBe('reached');
    const refused = await get('/users', bearer('key'));
    expect([refused.statusCode, refused.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'FORBIDDEN', message: 'This needs the permission users:read' }),
    ]);
    expect((await get('/inherited', bearer('user'))).json().message).toContain('audit:read');
  });

  it('is content with one of the alternatives', async () => {
    expect((await get('/jobs', bearer('key'))).body).toBe('reached');
    expect((await get('/jobs', bearer('user'))).json().message).toContain('queues:read or queues:enqueue');
  });
});

function refuseKey(): never {
  throw new DomainError('unauthenticated', 'INVALID_API_KEY', 'Invalid API key');
}

function known(token: string): Principal | undefined {
  return token === 'warm' ? warm : undefined;
}

function verify(token: string): Principal {
  if (token === 'user') return user;
  if (token === 'key') return apiKey;
  throw new DomainError('unauthenticated', 'INVALID_TOKEN', 'Invalid access token');
}
