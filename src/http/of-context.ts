import type { ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

// For what runs on every request: `switchToHttp()` makes three functions each time it is called.

export function requestOf(context: Pick<ExecutionContext, 'getArgByIndex'>): FastifyRequest {
  return context.getArgByIndex<FastifyRequest>(0);
}

export function replyOf(context: Pick<ExecutionContext, 'getArgByIndex'>): FastifyReply {
  return context.getArgByIndex<FastifyReply>(1);
}
