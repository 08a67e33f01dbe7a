import type { SessionId, UserId } from '../../common/ids.js';

export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly device: string;
  readonly ip: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}
