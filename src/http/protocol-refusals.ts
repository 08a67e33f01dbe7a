import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { BadRequestException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { answerOnSocket, noteAnswer } from './client-errors.js';
import { requestIdOf } from './request-id.js';

/** Answers in the envelope what Node.js would refuse with a bare status line, or close without a word. */
export function answerProtocolRefusals(fastify: FastifyInstance): void {
  fastify.server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    noteAnswer(response);
  });

  // RFC 9112, section 6.3: nobody knows where such a body ends, and the next request begins.
  fastify.addHook('onRequest', ({ raw }, reply, done) => {
    const coding = raw.headers['transfer-encoding'];
    if (coding === undefined || /(?:^|[\s,])chunked\s*$/i.test(coding)) {
      done();
      return;
    }
    reply.header('Connection', 'close');
    done(new BadRequestException());
  });

  // RFC 9112, section 3.2: no HTTP/1.1 without a Host.
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    const isRefused =
      (raw.httpVersion === '1.1' && raw.headers.host === undefined) || isQueryBroken(raw.url ?? '');
    done(isRefused ? new BadRequestException() : undefined);
  });

  // RFC 9110, section 10.1.1: whatever is not 100-continue.
  fastify.server.on('checkExpectation', (request: IncomingMessage) => {
    answerOnSocket(request.socket, 417, requestIdOf(request));
  });

  // This is no proxy.
  fastify.server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined);
    answerOnSocket(socket, 405, requestIdOf(request));
  });
}

/** The router refuses a path whose percent encoding is broken; the parser of queries would take it for the text itself. */
function isQueryBroken(target: string): boolean {
  const begin = target.indexOf('?');
  if (begin === -1 || !target.includes('%', begin)) return false;
  try {
    decodeURIComponent(target.slice(begin));
    return false;
  } catch {
    return true;
  }
}
