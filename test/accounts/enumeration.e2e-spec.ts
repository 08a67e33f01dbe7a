import { randomUUID } from 'node:crypto';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestContext } from '../../src/common/request-context.js';
import { isolatedSettings, startApi, type RunningApi } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { password } from './support.js';

/** Milliseconds. */
const tolerance = 5;
/** Pairs of requests; more are made as long as the machine is too busy to tell. */
const fewestPairs = 20;
const longestComparison = 12_000;
const known = 'known-0000@example.com';
const unlimited = { RATE_LIMIT_ANONYMOUS: 'off', RATE_LIMIT_AUTH_FAILURES: 'off' };

type Ask = (email: string) => Promise<Reply>;

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

/** Asks for both in turns, so that whatever else the machine does falls on both alike. */
class Comparison {
  readonly answers = new Set<string>();
  private readonly known: number[] = [];
  private readonly unknown: number[] = [];

  constructor(private readonly ask: Ask) {}

  async addPair(): Promise<void> {
    const number = this.known.length;
    const unknown = `other-${String(number).padStart(4, '0')}@example.com`;
    if (number % 2 === 0) this.known.push(await this.time(known));
    this.unknown.push(await this.time(unknown));
    if (number % 2 === 1) this.known.push(await this.time(known));
  }

  /** Milliseconds: the median over all pairs. */
  get difference(): number {
    return quantile(this.differences, 0.5);
  }

  /**
   * Milliseconds by which that median may be off by chance: three standard errors, of the quartiles, as outliers of a
   * busy machine say nothing. Nearly nothing on an idle one.
   */
  get uncertainty(): number {
    const spread = quantile(this.differences, 0.75) - quantile(this.differences, 0.25);
    return (3 * 1.253 * (spread / 1.349)) / Math.sqrt(this.known.length);
  }

  toString(): string {
    const [known, unknown] = [this.known, this.unknown].map((times) => quantile(times, 0.5).toFixed(2));
    const [difference, uncertainty] = [this.difference, this.uncertainty].map((time) => time.toFixed(2));
    return `known ${known} ms, unknown ${unknown} ms, ${difference} apart +- ${uncertainty} over ${this.known.length} pairs`;
  }

  private get differences(): number[] {
    return this.known.map((time, index) => (this.unknown[index] ?? Number.NaN) - time);
  }

  private async time(email: string): Promise<number> {
    const start = performance.now();
    const { status, body } = await this.ask(email);
    const time = performance.now() - start;
    this.answers.add(JSON.stringify([status, { ...body, requestId: undefined }]));
    return time;
  }
}

async function expectAlike(what: string, ask: Ask): Promise<void> {
  const comparison = new Comparison(ask);
  const end = performance.now() + longestComparison;
  for (let pairs = 0; pairs < fewestPairs; pairs += 1) await comparison.addPair();
  while (Math.abs(comparison.difference) > tolerance / 2 && performance.now() < end)
    await comparison.addPair();
  console.log(`[timing] ${what}: ${comparison.toString()}`);
  expect([...comparison.answers]).toHaveLength(1);
  expect(Math.abs(comparison.difference)).toBeLessThan(tolerance + comparison.uncertainty);
}

describe.each([
  ['REQUIRE_VERIFIED_EMAIL=true', 'true'],
  ['REQUIRE_VERIFIED_EMAIL=false', 'false'],
])('with %s nobody learns who has an account', (name, required) => {
  let api: RunningApi;
  /** What the database was asked for on behalf of each request: command and collection. */
  const commands = new Map<string, string[]>();

  beforeAll(async () => {
    const uri = new URL(isolatedSettings()['MONGODB_URI'] ?? '');
    uri.searchParams.set('monitorCommands', 'true');
    api = await startApi({ ...unlimited, REQUIRE_VERIFIED_EMAIL: required, MONGODB_URI: uri.toString() });
    const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
    connection.getClient().on('commandStarted', ({ commandName, command }) => {
      const id = requestContext.current()?.requestId ?? 'nobody';
      commands.set(id, [...(commands.get(id) ?? []), `${commandName} ${String(command[commandName])}`]);
    });
    const admin = await api.asAdministrator();
    const reply = await admin.post('/api/users', { email: known, name: 'Known', password });
    expect(reply.status, reply.text).toBe(201);
  });
  afterAll(() => api?.close());

  const routes: [string, (email: string) => object][] = [
    // Before the registrations, which make accounts of the unknown ones.
    ['/api/auth/login', (email) => ({ email, password: 'Wrong-Horse-1-Battery' })],
    ['/api/auth/forgot-password', (email) => ({ email })],
    ['/api/auth/otp/request', (email) => ({ email })],
    ['/api/auth/resend-verification', (email) => ({ email })],
    ['/api/auth/register', (email) => ({ email, password, name: 'Somebody' })],
  ];

  // The other routes do not depend on the setting.
  const asked = required === 'true' ? routes : routes.slice(-1);
  it.each(asked)('by %s: same status, body and time', async (path, bodyOf) => {
    const ask: Ask = (email) => api.client.post(path, bodyOf(email));
    // The first request of a route is slower than those that follow, and none of these is among the measured ones.
    for (const email of ['warm-1@example.com', 'warm-2@example.com', known]) await ask(email);
    await expectAlike(`${path} (${name})`, ask);
  });

  it.each(asked)('by %s: the database is asked for the same', async (path, bodyOf) => {
    const asks = async (email: string): Promise<string[]> => {
      const id = randomUUID();
      await api.client.post(path, bodyOf(email), { headers: { 'x-request-id': id } });
      // A registration is written either as an account or as an attempt: one document, at the same place.
      return (commands.get(id) ?? []).map((command) =>
        command.replace(/insert (users|registrations)/, 'insert one'),
      );
    };
    const ofKnown = await asks(known);
    expect(ofKnown.length).toBeGreaterThan(0);
    expect(await asks('stranger@example.com')).toEqual(ofKnown);
  });
});
