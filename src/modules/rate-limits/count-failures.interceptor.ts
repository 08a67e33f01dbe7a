import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, type Observable } from 'rxjs';
import { RequestLimits } from './request-limits.js';

/** Counts a handler's own refusal of credentials for the address; see CountFailuresOnly. */
@Injectable()
export class CountFailuresInterceptor implements NestInterceptor {
  constructor(private readonly limits: RequestLimits) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { ip } = http.getRequest<FastifyRequest>();
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        await this.limits.byFailure(error, ip, http.getResponse<FastifyReply>());
        throw error;
      }),
    );
  }
}
