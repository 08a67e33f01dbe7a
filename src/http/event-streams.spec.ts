import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { DomainError } from '../common/domain-error.js';
import { sessionIds, userIds, apiKeyIds, type UserId } from '../common/ids.js';
import type { Principal } from '../common/principal.js';
import { SignalFeed } from '../infrastructure/mongo/signals/signal-feed.js';
import { EventStreams } from './event-streams.js';

const [ada, bob] = ['665f1c2e9b1e8a0012345678', '665f1c2e9b1e8a0012345679'].map((id) => userIds.parse(id));
const permissions = new Set<never>();
const session = (userId: UserId): Principal => ({
  kind: 'user',
  userId,
  sessionId: sessionIds.parse('665f1c2e9b1e8a0012345670'),
  permissions,
});
const key = (userId: UserId): Principal => ({
  kind: 'apiKey',
  userId,
  keyId: apiKeyIds.parse('665f1c2e9b1e8a0012345671'),
  permissions,
});

it('opens 1000 streams for a user with all sessions and keys, and goes on for others', async () => {
  if (ada === undefined || bob === undefined) throw new Error('two users are needed');
  const streams = new EventStreams(new SignalFeed({ staleAfter: 10_000 }));
  const fastify = Fastify();
  let principal = session(ada);
  fastify.get('/', (_request, reply) => void streams.open(reply, principal));
  fastify.setErrorHandler((error, _request, reply) =>
    reply.code(500).send(error instanceof DomainError ? `${error.kind} ${error.code}` : String(error)),
  );
  const open = async (who: Principal) => {
    principal = who;
    const reply = await fastify.inject({ url: '/', payloadAsStream: true });
    if (reply.statusCode === 200) return { end: () => reply.stream().destroy(), refusal: undefined };
    let refusal = '';
    for await (const part of reply.stream()) refusal += String(part);
    return { end: () => undefined, refusal };
  };
  try {
    const first = await open(session(ada));
    for (let count = 1; count < 1_000; count += 1) {
      expect((await open(count % 2 === 0 ? session(ada) : key(ada))).refusal).toBeUndefined();
    }
    expect((await open(session(ada))).refusal).toBe('too-many TOO_MANY_STREAMS');
    expect((await open(key(ada))).refusal).toBe('too-many TOO_MANY_STREAMS');
    expect((await open(session(bob))).refusal).toBeUndefined();
    expect(first.refusal).toBeUndefined();
  } finally {
    streams.onModuleDestroy();
    await fastify.close();
  }
});
