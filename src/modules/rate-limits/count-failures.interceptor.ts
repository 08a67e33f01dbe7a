import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, type Observable } from 'rxjs';
import { RequestLimits } from './request-limits.js';
import { replyOf, requestOf } from '../../http/of-context.js';

/** Counts a handler's own refusal of credentials for the address; see CountFailuresOnly. */
@Injectable()
export class CountFailuresInterceptor implements NestInterceptor {
  constructor(private readonly limits: RequestLimits) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { ip } = requestOf(context);
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        await this.limits.byFailure(error, ip, replyOf(context));
        throw error;
      }),
    );
  }
}
