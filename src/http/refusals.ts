import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** A request that was answered with 403. */
export interface Refusal {
  /** The method and the route's pattern, e.g. 'PATCH /api/users/:id'. */
  readonly route: string;
  readonly code: string;
  /** What stood in the path where the pattern has a name, e.g. {id: '66f0c1e2a4b5c6d7e8f90123'}. */
  readonly parameters: Readonly<Record<string, string>>;
}

type Listener = (refusal: Refusal) => void;

/** Where a capability hears of every refusal, whichever guard or rule it came from. */
@Injectable()
export class Refusals {
  private readonly listeners: Listener[] = [];

  /** `listener` runs in the context of the refused request, before its answer is sent: it must be quick. */
  onRefusal(listener: Listener): void {
    this.listeners.push(listener);
  }

  tell(request: FastifyRequest, code: string): void {
    if (request.context === undefined) return;
    const refusal: Refusal = {
      route: `${request.method} ${request.context.route}`,
      code,
      parameters: parametersOf(request.params),
    };
    for (const listener of this.listeners) listener(refusal);
  }
}

function parametersOf(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}
