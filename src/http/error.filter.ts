import {
  Catch,
  HttpException,
  Injectable,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../common/domain-error.js';
import { isDatabaseUnavailable } from '../infrastructure/mongo/database-errors.js';
import { AllowedMethods } from './allowed-methods.js';
import { inContext } from './in-context.js';
import { failureOfDomain, failureOfStatus, type Failure } from './failure.js';
import { Refusals } from './refusals.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the failure that was answered, for the log. */
    failureCode?: string;
  }
}

/** Turns whatever was thrown, by us, Nest, Fastify or a driver, into the envelope of failures. */
@Injectable()
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly allowedMethods: AllowedMethods,
    private readonly refusals: Refusals,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent || reply.raw.headersSent) return;
    inContext(request, () => this.answer(error, request, reply));
  }

  private answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const failure = hasLeft(request, error)
      ? failureOfStatus(400, request.id)
      : this.failureOf(error, request, reply);
    if (failure.statusCode >= 500 && failure.statusCode !== 503) {
      this.logger.error({ err: error }, 'unexpected error');
    }
    if (failure.statusCode === 403) this.refusals.tell(request, failure.code);
    request.failureCode = failure.code;
    // A request may fail before the hook that sets them.
    if (request.securityHeaders !== undefined) reply.headers(request.securityHeaders);
    reply
      .header('X-Request-ID', request.id)
      .code(failure.statusCode)
      .header('Content-Type', 'application/json; charset=utf-8')
      .send(JSON.stringify(failure));
  }

  private failureOf(error: unknown, request: FastifyRequest, reply: FastifyReply): Failure {
    if (error instanceof DomainError) {
      if (error.retryAfter !== undefined) reply.header('Retry-After', error.retryAfter);
      if (error.kind === 'unauthenticated') reply.header('WWW-Authenticate', 'Bearer');
      return failureOfDomain(error, request.id);
    }
    if (isDatabaseUnavailable(error)) {
      this.logger.warn({ err: error }, 'the database is unavailable');
      reply.header('Retry-After', 1);
      return failureOfStatus(503, request.id);
    }
    if (!(error instanceof HttpException)) return failureOfStatus(500, request.id);

    // Services throw DomainErrors, so a 404 of Nest's own means that no route matched.
    const status = error.getStatus();
    if (status !== 404) return failureOfStatus(status, request.id);
    const allowed = this.allowedMethods.of(request.url);
    if (allowed.length === 0) return failureOfStatus(404, request.id);
    reply.header('Allow', allowed.join(', '));
    return failureOfStatus(405, request.id);
  }
}

/** Whether the client hung up while its body was being read: nobody hears the answer, and nothing went wrong here. */
function hasLeft(request: FastifyRequest, error: unknown): boolean {
  return (
    request.raw.socket.destroyed && error instanceof Error && 'code' in error && error.code === 'ECONNRESET'
  );
}
