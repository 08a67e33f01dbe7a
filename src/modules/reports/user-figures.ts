import type { UserId } from '../../common/ids.js';

export interface UserCount {
  /** A role's name. */
  readonly role: string;
  readonly status: string;
  readonly users: number;
}

export interface Administrator {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
}

/** What reports need to know of the users. The users capability implements it; the worker binds the two. */
export abstract class UserFigures {
  /** Users by role and status; who holds several roles counts in each of them. */
  abstract byRoleAndStatus(): Promise<UserCount[]>;

  /** The active ones: those who are told what happens to the service. */
  abstract administrators(): Promise<Administrator[]>;
}
