import { setTimeout as sleep } from 'node:timers/promises';

const mostAttempts = 30;

/** A call that did not give what the bench needs: the bench ends with it. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
}

/** The few calls of our own API that prepare the measurement. */
export class ApiClient {
  constructor(readonly baseUrl: string) {}

  /** The access token of a login. @throws UnexpectedAnswerError */
  async login(email: string, password: string): Promise<string> {
    const data = await this.post('/api/auth/login', { email, password }, 200);
    return textOf(data, 'accessToken');
  }

  /** The id of the new user. @throws UnexpectedAnswerError */
  async createUser(token: string, user: object): Promise<string> {
    return textOf(await this.post('/api/users', user, 201, token), 'id');
  }

  /** The new key itself, of whoever the token is of. @throws UnexpectedAnswerError */
  async createKey(token: string, permissions: readonly string[]): Promise<string> {
    return textOf(await this.post('/api/api-keys', { name: 'bench', permissions }, 201, token), 'key');
  }

  private async post(path: string, body: object, expected: number, token?: string): Promise<unknown> {
    const send = (): Promise<Response> =>
      fetch(`${this.baseUrl}${path}`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });
    let answer = await send();
    // Passwords are judged and hashed within bounds: a busy machine asks its callers to wait.
    for (let attempt = 0; answer.status === 503 && attempt < mostAttempts; attempt++) {
      await answer.arrayBuffer();
      await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1_000);
      answer = await send();
    }
    const text = await answer.text();
    if (answer.status !== expected) {
      throw new UnexpectedAnswerError(
        `POST ${path} answered ${answer.status} instead of ${expected}: ${text}`,
      );
    }
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : undefined;
  }
}

function textOf(data: unknown, field: string): string {
  const value =
    typeof data === 'object' && data !== null ? new Map(Object.entries(data)).get(field) : undefined;
  if (typeof value !== 'string') throw new UnexpectedAnswerError(`an answer has no ${field}`);
  return value;
}
