import type { SessionId, UserId } from '../../common/ids.js';

/** How a session's tokens travel: in bodies and the Authorization header, or in a browser's cookies. */
export const transports = ['token', 'cookie'] as const;
export type Transport = (typeof transports)[number];

export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly device: string;
  /** Where it was last used from. */
  readonly ip: string;
  readonly transport: Transport;
  readonly createdAt: Date;
  /** When its user last proved who they are. */
  readonly authenticatedAt: Date;
  /** When it last got new tokens. */
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

/** Where the chain of a session's refresh tokens has come to: only hashes, a token is known to its holder alone. */
export interface RefreshChain {
  readonly refreshHash: string;
  /** Of the token that the present one was given for; null for the first. */
  readonly parentHash: string | null;
  readonly rotatedAt: Date;
}

export const sessionSortFields = ['createdAt', 'lastUsedAt'] as const;
export type SessionSortField = (typeof sessionSortFields)[number];
