import {
  Inject,
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, from, type Observable } from 'rxjs';
import { DomainError } from '../../common/domain-error.js';
import type { Principal } from '../../common/principal.js';
import { httpConfig } from '../../config/http.config.js';
import { IdempotencyKeysRepository } from '../../infrastructure/mongo/idempotency/idempotency-keys.repository.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { Answer } from '../answer.js';
import { assertIdempotencyKey, fingerprintOf, keptUnder } from './idempotency-key.js';
import { keepAnswer, keepFailure, payloadOf, type ShownOnce } from './kept-answer.js';
import { replyOf, requestOf } from '../of-context.js';

export const shownOnceMetadata = 'nexus:shown-once';

interface Attempt {
  readonly id: string;
  readonly claim: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly shownOnce: ShownOnce | undefined;
}

/**
 * One effect for one Idempotency-Key. The handler runs in a unit of work that also stores its answer, so that a
 * process may die anywhere: either both are there or neither. On handlers that declare @Idempotent() only.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger(IdempotencyInterceptor.name);
  private readonly secret: string;

  constructor(
    private readonly keys: IdempotencyKeysRepository,
    private readonly unitOfWork: UnitOfWork,
    @Inject(httpConfig.KEY) { cursorSecret }: ConfigType<typeof httpConfig>,
  ) {
    // Outside production there may be none, and then the client's key has to do: the processes must agree.
    this.secret = cursorSecret ?? '';
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = requestOf(context);
    const header = request.headers['idempotency-key'];
    if (header === undefined || request.principal === undefined) return next.handle();
    const reply = replyOf(context);
    const shownOnce: ShownOnce | undefined = Reflect.getMetadata(shownOnceMetadata, context.getHandler());
    return from(this.answer(header, request.principal, { request, reply, shownOnce }, next));
  }

  private async answer(
    header: string | string[],
    principal: Principal,
    exchange: Pick<Attempt, 'request' | 'reply' | 'shownOnce'>,
    next: CallHandler,
  ): Promise<unknown> {
    const { request, reply } = exchange;
    const key = assertIdempotencyKey(header);
    const id = keptUnder(principal, key);
    const claim = await this.keys.claim(id, fingerprintOf(request, `idempotency ${this.secret} ${key}`));
    if (claim.kind === 'mine') return this.attempt({ ...exchange, id, claim: claim.claim }, next);
    if (claim.kind === 'running') throw inProgress();
    if (claim.kind === 'taken') throw keyReused();
    const { statusCode, headers } = claim.answer;
    reply.code(statusCode).headers({ ...headers, 'Idempotency-Replayed': 'true' });
    return payloadOf(claim.answer);
  }

  private async attempt(attempt: Attempt, next: CallHandler): Promise<unknown> {
    const { id, claim, reply, shownOnce } = attempt;
    try {
      return await this.unitOfWork.run(async () => {
        const result: unknown = await lastValueFrom(next.handle());
        if (!(result instanceof Answer)) throw new Error('an idempotent handler returns an Answer');
        if (!(await this.keys.complete(id, claim, keepAnswer(result, reply, shownOnce)))) throw inProgress();
        return result;
      });
    } catch (error) {
      await this.keepOrRelease(attempt, error);
      throw error;
    }
  }

  /** Nothing was changed. When this fails too, the claim ends with its lease. */
  private async keepOrRelease({ id, claim, request }: Attempt, error: unknown): Promise<void> {
    const failure = keepFailure(error, request.id);
    try {
      if (failure === undefined) await this.keys.release(id, claim);
      else await this.keys.complete(id, claim, failure);
    } catch (again) {
      this.logger.warn({ err: again }, 'an idempotency key stays claimed until its lease is over');
    }
  }
}

function inProgress(): DomainError {
  return new DomainError(
    'conflict',
    'IDEMPOTENCY_KEY_IN_PROGRESS',
    'The first request with this Idempotency-Key is still running',
    { retryAfter: 1 },
  );
}

function keyReused(): DomainError {
  return new DomainError(
    'unprocessable',
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key was sent with another request: use a new one',
  );
}
