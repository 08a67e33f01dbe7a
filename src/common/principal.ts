import type { ApiKeyId, SessionId, UserId } from './ids.js';

/** 'users:read': a resource and what may be done to it. */
export type PermissionName = `${string}:${string}`;

interface PrincipalBase {
  readonly userId: UserId;
  readonly permissions: ReadonlySet<PermissionName>;
}

export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** A number of requests a calendar day or month, in UTC. */
export interface Quota {
  readonly limit: number;
  readonly period: 'day' | 'month';
}

export interface UserPrincipal extends PrincipalBase {
  readonly kind: 'user';
  readonly sessionId: SessionId;
}

export interface ApiKeyPrincipal extends PrincipalBase {
  readonly kind: 'apiKey';
  readonly keyId: ApiKeyId;
  /** The key's own; absent: the limit of every principal. */
  readonly rateLimit?: RateLimit;
  /** Absent: none. A key that was rotated and its successor share one, counted under `quotaId`. */
  readonly quota?: Quota & { readonly quotaId: ApiKeyId };
}

/** Who a request acts as. */
export type Principal = UserPrincipal | ApiKeyPrincipal;
