import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../common/principal.js';
import { RequestLimits } from '../rate-limits/request-limits.js';
import { Authentication } from './authentication.js';

/** Requests that need nobody: their credentials are looked at only to tell whom a request counts for. */
@Injectable()
export class PublicRequests {
  constructor(
    private readonly authentication: Authentication,
    private readonly limits: RequestLimits,
  ) {}

  /**
   * Counts it for whoever its credentials prove, else for its address. Good cookies without their CSRF token prove
   * nothing here either.
   * @throws DomainError too-many / RATE_LIMITED.
   */
  async count(request: FastifyRequest, reply: FastifyReply): Promise<true> {
    let principal: Principal;
    try {
      principal = await this.authentication.principalOf(request);
    } catch (error) {
      await this.limits.byFailure(error, request.ip, reply);
      return true;
    }
    return this.limits.byPrincipal(principal, reply);
  }
}
