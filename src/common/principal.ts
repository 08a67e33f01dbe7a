import type { ApiKeyId, SessionId, UserId } from './ids.js';

/** 'users:read': a resource and what may be done to it. */
export type PermissionName = `${string}:${string}`;

interface PrincipalBase {
  readonly userId: UserId;
  readonly permissions: ReadonlySet<PermissionName>;
}

/** Who a request acts as. */
export type Principal =
  | (PrincipalBase & { readonly kind: 'user'; readonly sessionId: SessionId })
  | (PrincipalBase & { readonly kind: 'apiKey'; readonly keyId: ApiKeyId });
