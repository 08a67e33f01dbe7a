import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteOptions } from 'fastify';

/** Bytes: below, the saving is smaller than what it costs. */
const threshold = 1_024;
const level = 6;

/**
 * Where an answer may hold a secret beside something that its reader chose: its compressed length would tell of it
 * (BREACH). And what monitors ask, which is small or stays on this machine.
 */
const uncompressed = ['/api/auth/', '/api/api-keys', '/api/csrf-token', '/health', '/metrics'];

/** Brotli or gzip, whichever the client likes better; never with x-no-compression, and never server-sent events. */
export async function compressAnswers(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  // Before the plugin, which looks at this when a route is declared.
  fastify.addHook('onRoute', (route) => {
    if (uncompressed.some((prefix) => route.url.startsWith(prefix))) route.compress = false;
  });
  await app.register(compress, {
    globalDecompression: false,
    threshold,
    encodings: ['br', 'gzip'],
    zlibOptions: { level },
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: level } },
  });
  // After the plugin, whose own hook is the last one then.
  fastify.addHook('onRoute', (route) => {
    const hooks = [route.onSend ?? []].flat();
    const compressing = hooks.pop();
    if (route.compress !== false && compressing !== undefined)
      route.onSend = [...hooks, unlessInVain(compressing)];
  });
}

type OnSend = Extract<NonNullable<RouteOptions['onSend']>, readonly unknown[]>[number];

/** The plugin finds out much else before it looks at an answer's length, or whether its client takes any encoding. */
function unlessInVain(compressing: OnSend): OnSend {
  return function compressOrNot(request, reply, payload, done) {
    const isInVain =
      request.headers['accept-encoding'] === undefined ||
      (typeof payload === 'string' && payload.length < threshold && Buffer.byteLength(payload) < threshold);
    return isInVain ? done(null, payload) : compressing.call(this, request, reply, payload, done);
  };
}
