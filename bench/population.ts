import type { ApiClient } from './api-client.js';

export interface Population {
  readonly userIds: readonly string[];
  readonly tokens: readonly string[];
  /** One API key of each user with a token. */
  readonly keys: readonly string[];
  /** Of the first administrator, who may do anything. */
  readonly administratorToken: string;
}

export interface Administrator {
  readonly email: string;
  readonly password: string;
}

const password = 'Bench-Harbour-7-Lantern';
/** Hashing and transactions keep a few requests busy; more only queue. */
const inFlight = 8;

/**
 * Users as any caller would make them, through the API; the first of them can read users, are logged in and have a key.
 * @throws UnexpectedAnswerError
 */
export async function populate(
  api: ApiClient,
  administrator: Administrator,
  counts: { users: number; tokens: number },
): Promise<Population> {
  const token = await api.login(administrator.email, administrator.password);
  const userIds = await mapBounded(counts.users, (index) =>
    api.createUser(token, {
      email: emailOf(index),
      name: `Bench User ${index}`,
      age: 20 + (index % 50),
      // A user without a password is invited by a mail, and no worker runs here.
      password,
      // Managers may read users.
      ...(index < counts.tokens && { roles: ['manager'] }),
    }),
  );
  const tokens = await mapBounded(counts.tokens, (index) => api.login(emailOf(index), password));
  const keys = await mapBounded(tokens.length, (index) => api.createKey(tokens[index] ?? '', ['users:read']));
  return { userIds, tokens, keys, administratorToken: token };
}

function emailOf(index: number): string {
  return `bench-${index}@example.com`;
}

async function mapBounded<Value>(count: number, make: (index: number) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      values[index] = await make(index);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return values;
}
