import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { password } from './support.js';

/** Milliseconds by which the medians may differ. */
const tolerance = 5;
const rounds = 40;
const known = 'known-0000@example.com';
const unlimited = { RATE_LIMIT_ANONYMOUS: 'off', RATE_LIMIT_AUTH_FAILURES: 'off' };

type Ask = (email: string) => Promise<Reply>;

interface Side {
  readonly times: number[];
  readonly answers: Set<string>;
}

/** Asks for both in turns, so that whatever else the machine does falls on both alike. */
async function compare(ask: Ask): Promise<{ known: Side; unknown: Side }> {
  const sides = {
    known: { times: [], answers: new Set<string>() } as Side,
    unknown: { times: [], answers: new Set<string>() } as Side,
  };
  const time = async (side: Side, email: string): Promise<void> => {
    const start = performance.now();
    const { status, body } = await ask(email);
    side.times.push(performance.now() - start);
    side.answers.add(JSON.stringify([status, { ...body, requestId: undefined }]));
  };
  for (let round = 0; round < rounds; round += 1) {
    const unknown = `other-${String(round).padStart(4, '0')}@example.com`;
    if (round % 2 === 0) await time(sides.known, known);
    await time(sides.unknown, unknown);
    if (round % 2 === 1) await time(sides.known, known);
  }
  return sides;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function expectAlike(what: string, ask: Ask): Promise<void> {
  const sides = await compare(ask);
  expect([...sides.unknown.answers]).toEqual([...sides.known.answers]);
  expect(sides.known.answers.size).toBe(1);
  const [first, second] = [median(sides.known.times), median(sides.unknown.times)];
  console.log(
    `[timing] ${what}: known ${first.toFixed(2)} ms, unknown ${second.toFixed(2)} ms, ${(second - first).toFixed(2)} apart`,
  );
  expect(Math.abs(first - second)).toBeLessThan(tolerance);
}

describe.each([
  ['REQUIRE_VERIFIED_EMAIL=true', 'true'],
  ['REQUIRE_VERIFIED_EMAIL=false', 'false'],
])('with %s nobody learns who has an account', (name, required) => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi({ ...unlimited, REQUIRE_VERIFIED_EMAIL: required });
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

  it.each(routes)('by %s: same status, body and time', async (path, bodyOf) => {
    const ask: Ask = (email) => api.client.post(path, bodyOf(email));
    // The first request of a route is slower than those that follow, and none of these is among the measured ones.
    for (const email of ['warm-1@example.com', 'warm-2@example.com', known]) await ask(email);
    await expectAlike(`${path} (${name})`, ask);
  });
});
