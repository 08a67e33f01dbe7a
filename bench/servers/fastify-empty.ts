import { once } from 'node:events';
import fastify from 'fastify';
import { announce } from './announce.js';

// Fastify as it comes, with the smallest handler that answers JSON.
const app = fastify({ logger: false });
app.get('/', (_request, reply) => {
  reply.send({});
});
await app.listen({ port: 0, host: '127.0.0.1' });
announce(app.server.address());
await once(process, 'SIGTERM');
await app.close();
