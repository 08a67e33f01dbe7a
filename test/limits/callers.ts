import { Client, type CallOptions, type Reply } from '../support/client.js';

/** A caller behind the trusted proxy that this test is: what it sends comes from `address`. */
export class Caller {
  constructor(
    private readonly client: Client,
    readonly address: string,
  ) {}

  get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    this.client.get(path, this.from(headers));
  post = (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    this.client.post(path, body, this.from(headers));

  private from(headers: Readonly<Record<string, string>>): CallOptions {
    return { headers: { 'x-forwarded-for': this.address, ...headers } };
  }
}

let last = 0;

/** An address that nobody has used yet. */
export function newAddress(): string {
  last += 1;
  return `10.0.${Math.floor(last / 250)}.${(last % 250) + 1}`;
}

export function caller(url: string, address = newAddress()): Caller {
  return new Caller(new Client(url), address);
}

/** One after another, so that the order of the answers is that of the requests. */
export async function oneByOne<Value>(
  count: number,
  call: (index: number) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let index = 0; index < count; index += 1) values.push(await call(index));
  return values;
}

export function atOnce<Value>(count: number, call: (index: number) => Promise<Value>): Promise<Value[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}

/** How many answers had each status. */
export function tally(replies: readonly Reply[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
